import { partialTextReply } from './partial-text-reply.ts';
import type { MessageReply } from './reply.ts';

/** `message_start`, text (which does reach the client), then a closed connection. */
export function cutReply(textBefore: string): MessageReply {
  return partialTextReply(textBefore, { type: 'cut' });
}
