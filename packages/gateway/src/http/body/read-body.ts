import { GatewayError } from '../../gateway-error.ts';
import type { HeldBytes } from './body-budget.ts';

export interface BodyLimits {
  /** The largest body that is read, once it is decompressed. */
  readonly maxBytes: number;
  /** What the request holds of what all bodies may take. */
  readonly held: HeldBytes;
}

/** A body of so many bytes is taken at once: to look at each piece would cost more than to hold it. */
const smallBytes = 65_536;

/**
 * Reads a body, decompressed where its `content-encoding` is gzip or deflate. It is counted while it comes, and no more is read where a bound
 * is passed.
 *
 * @throws {GatewayError} 413 for more than `maxBytes`, 415 for another encoding, 400 for what can't be decompressed; 429 or 503 without room for it.
 */
export async function readBody(request: Request, limits: BodyLimits): Promise<Uint8Array> {
  const { maxBytes, held } = limits;
  const length = Number(request.headers.get('content-length') ?? Number.NaN);
  if (length > maxBytes) throw tooLarge(maxBytes);
  const format = formatOf(request.headers.get('content-encoding'));
  held.expect(length);
  if (format === undefined && length <= smallBytes) {
    held.take(length);
    return bounded(new Uint8Array(await request.arrayBuffer()), maxBytes);
  }
  if (request.body === null) return new Uint8Array();
  // To cancel the body would close the connection before the caller has read why: what is left of it is the server's to let go.
  if (format === undefined) return readAll(request.body.getReader(), limits);
  const reader = request.body.pipeThrough(new DecompressionStream(format), { preventCancel: true }).getReader();
  try {
    return await readAll(reader, limits);
  } catch (error) {
    void reader.cancel().catch(() => {});
    throw GatewayError.isInstance(error) ? error : invalidBody(`The body of your request is not what its header says: ${format}.`);
  }
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>, { maxBytes, held }: BodyLimits): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.byteLength;
    if (size > maxBytes) throw tooLarge(maxBytes);
    held.take(next.value.byteLength);
    chunks.push(next.value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

/** Its length is only what was said where no HTTP server has counted. */
function bounded(bytes: Uint8Array, maxBytes: number): Uint8Array {
  if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes);
  return bytes;
}

/** Undefined for a body that is sent as it is. */
function formatOf(encoding: string | null): CompressionFormat | undefined {
  const name = encoding
    ?.trim()
    .toLowerCase()
    .replace(/^x-gzip$/, 'gzip');
  if (name === undefined || name === '' || name === 'identity') return undefined;
  if ((name === 'gzip' || name === 'deflate') && 'DecompressionStream' in globalThis) return name;
  throw new GatewayError(`The content encoding '${name}' is not supported. Send the body as it is, or compressed with gzip or deflate.`, {
    status: 415,
    code: 'unsupported_encoding',
    headers: { 'accept-encoding': 'gzip, deflate' },
  });
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(`The body of your request is larger than the ${maxBytes} bytes that this server takes.`, {
    status: 413,
    code: 'request_too_large',
    option: 'bodies.maxBytes',
    // The rest of the body is not read, so that no other request can follow it.
    headers: { connection: 'close' },
  });
}

/** A 400 for a body as a whole. */
export function invalidBody(message: string): GatewayError {
  return new GatewayError(message, { status: 400 });
}
