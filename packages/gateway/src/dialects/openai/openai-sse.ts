import type { ReplyWriter } from '../dialect.ts';
import { sseComment, toSseFrame } from '../sse.ts';

/** Says JSON texts; a keep-alive is always a chunk of its own. */
export interface JsonWriter extends Omit<ReplyWriter, 'idle'> {
  idle(): string[];
}

/** Frames JSON texts as OpenAI does: events without a name, `[DONE]` at the end. */
export function toOpenaiSse(writer: JsonWriter): ReplyWriter {
  return {
    write: (event, index) => writer.write(event, index).map(frame),
    idle: (form) => (form === 'comment' ? [sseComment] : writer.idle().map(frame)),
    end: () => [...writer.end(), '[DONE]'].map(frame),
    fail: (error, requestId) => [...writer.fail(error, requestId), '[DONE]'].map(frame),
  };
}

function frame(data: string): string {
  return toSseFrame(data);
}

/** A character of JSON takes 6 bytes at most (`\u001b`): so no event of a stream is longer than 16 kB. */
const longest = 2048;

/** A text as it is streamed: in pieces of at most 2048 UTF-16 units, none of which ends within a character. */
export function inPieces(text: string): string[] {
  if (text.length <= longest) return [text];
  const pieces: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = start + longest;
    const isWithinPair = /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(end));
    pieces.push(text.slice(start, isWithinPair ? end - 1 : end));
    start = isWithinPair ? end - 1 : end;
  }
  return pieces;
}
