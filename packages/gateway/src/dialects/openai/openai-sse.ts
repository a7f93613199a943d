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
