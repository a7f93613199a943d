import { messageReply } from './message-reply.ts';
import type { ReplyOptions } from './reply-options.ts';
import type { MessageReply } from './reply.ts';

/** An answer of text; an array gives one delta for each of its strings. */
export function textReply(text: string | readonly string[], options: ReplyOptions = {}): MessageReply {
  const chunks = typeof text === 'string' ? [text] : text;
  return messageReply([{ type: 'text', chunks }], options);
}
