import { type ContentBlock, saysSomething } from './content-block.ts';

/** One message of a conversation; the system prompt is not among them. */
export interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: readonly ContentBlock[];
  /** Whose answer it is, as the API named the model. Set where there is thinking in it, which only that model takes back. */
  readonly model?: string;
  /**
   * Of an agent's answer: all that it said and did, its own tool calls and their results too, as messages that take turns. The
   * content is what of it the caller got; a process that takes on the conversation hears this in its place.
   */
  readonly steps?: readonly Message[];
}

/** Whether a caller brings an answer of Claude's back with a text where it had none: the caller has edited it. */
export function addsText(given: Message | undefined, own: Pick<Message, 'content'>): boolean {
  const hasText = ({ content }: Pick<Message, 'content'>): boolean =>
    content.some((block) => block.type === 'text' && saysSomething(block));
  return given?.role === 'assistant' && hasText(given) && !hasText(own);
}
