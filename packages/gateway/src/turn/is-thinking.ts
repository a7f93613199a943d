import type { ContentBlock } from './content-block.ts';

/** Whether a block is reasoning, readable or not. */
export function isThinking(block: ContentBlock): boolean {
  return block.type === 'thinking' || block.type === 'redacted_thinking';
}
