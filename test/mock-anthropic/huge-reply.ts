import type { ReplyOptions } from './reply-options.ts';
import type { MessageReply } from './reply.ts';
import { textReply } from './text-reply.ts';

/** A text of exactly `bytes` ASCII characters, all `x`, in deltas of `deltaBytes` (default 4096; the last may be shorter). */
export function hugeReply(bytes: number, options: ReplyOptions & { readonly deltaBytes?: number } = {}): MessageReply {
  const { deltaBytes = 4096 } = options;
  // One string, referred to many times: the reply costs a pointer for each delta.
  const chunk = 'x'.repeat(deltaBytes);
  const chunks = Array.from({ length: Math.floor(bytes / deltaBytes) }, () => chunk);
  const rest = bytes % deltaBytes;
  if (rest > 0) chunks.push('x'.repeat(rest));
  return textReply(chunks, options);
}
