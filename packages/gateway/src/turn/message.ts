import type { ContentBlock } from './content-block.ts';

/** One message of a conversation; the system prompt is not among them. */
export interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: readonly ContentBlock[];
}
