import { partialTextReply } from './partial-text-reply.ts';
import type { MessageReply } from './reply.ts';

/** `message_start`, maybe text, then nothing until the client leaves or the mock closes. */
export function stallReply(options: { readonly afterText?: string } = {}): MessageReply {
  return partialTextReply(options.afterText ?? '', { type: 'stall' });
}
