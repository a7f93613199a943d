import type { ReplyWriter } from '../dialect.ts';

export const sseContentType = 'text/event-stream; charset=utf-8';

/** One line end behind it: an empty line would make some clients dispatch an empty event. */
const sseComment = ': keep-alive\n';

/** Says JSON texts; a keep-alive is always a chunk of its own. */
export interface JsonWriter extends Omit<ReplyWriter, 'idle'> {
  idle(): string[];
}

/**
 * Frames JSON texts as OpenAI does: server-sent events of one `data:` line each, `[DONE]` at the end.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function toOpenaiSse(writer: JsonWriter): ReplyWriter {
  return {
    write: (event, index) => writer.write(event, index).map(frame),
    idle: (form) => (form === 'comment' ? [sseComment] : writer.idle().map(frame)),
    end: () => [...writer.end(), '[DONE]'].map(frame),
    fail: (error, requestId) => [...writer.fail(error, requestId), '[DONE]'].map(frame),
  };
}

function frame(data: string): string {
  return `data: ${data}\n\n`;
}
