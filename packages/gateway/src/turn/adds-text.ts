import type { Message } from './message.ts';
import { saysSomething } from './says-something.ts';

/** Whether a caller has put a text beside calls where Claude said none: that is an edit, and no loss. */
export function addsText(given: Message | undefined, own: Pick<Message, 'content'>): boolean {
  const hasText = ({ content }: Pick<Message, 'content'>): boolean =>
    content.some((block) => block.type === 'text' && saysSomething(block));
  return given?.role === 'assistant' && hasText(given) && !hasText(own);
}
