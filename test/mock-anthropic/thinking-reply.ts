import { messageReply } from './message-reply.ts';
import type { ReplyOptions } from './reply-options.ts';
import type { MessageReply } from './reply.ts';

export interface ThinkingReplyOptions extends ReplyOptions {
  /** An array gives one delta for each of its strings. */
  readonly thinking: string | readonly string[];
  readonly signature: string;
  readonly text: string | readonly string[];
}

/** An answer of a signed thinking block, then text. */
export function thinkingReply(options: ThinkingReplyOptions): MessageReply {
  const { thinking, signature, text } = options;
  return messageReply(
    [
      { type: 'thinking', chunks: typeof thinking === 'string' ? [thinking] : thinking, signature },
      { type: 'text', chunks: typeof text === 'string' ? [text] : text },
    ],
    options,
  );
}
