import { messageReply } from './message-reply.ts';
import type { MessageReply, ReplyEnding } from './reply.ts';

/** A message that begins with `text` in one delta (no block at all if it is empty) and then ends as told. */
export function partialTextReply(text: string, ending: ReplyEnding): MessageReply {
  return messageReply(text === '' ? [] : [{ type: 'text', chunks: [text] }], {}, ending);
}
