import type { IncomingMessage } from 'node:http';

const MAX_BODY_BYTES = 256 * 1024 * 1024;

export interface ReadBody {
  /** Parsed JSON, the raw text if it is not JSON, undefined if it is empty or too large. */
  readonly body: unknown;
  /** Whether it was larger than the mock keeps. */
  readonly isTooLarge: boolean;
}

/** Reads a whole body of at most 256 MiB; the rest of a larger one is read and dropped. A cut upload gives what has arrived. */
export async function readBody(request: IncomingMessage): Promise<ReadBody> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) continue;
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) chunks.length = 0;
      else chunks.push(chunk);
    }
  } catch {
    // The client left; its connection's close is what tells that.
  }
  return { body: parseBody(Buffer.concat(chunks).toString()), isTooLarge: bytes > MAX_BODY_BYTES };
}

function parseBody(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
