import { partialTextReply } from './partial-text-reply.ts';
import type { MessageReply } from './reply.ts';

/** Text, then an SSE `error` event and the end of the stream. */
export function streamErrorReply(textBefore: string, type: string, message: string): MessageReply {
  return partialTextReply(textBefore, { type: 'error', errorType: type, message });
}
