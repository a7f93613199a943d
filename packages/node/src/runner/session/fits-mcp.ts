import type { ToolResultBlock } from '@claude-code-api/gateway';
import { maxResultCharacters } from './client-tools.ts';

/**
 * Whether a result reaches the model exactly by way of a waiting CLI. That one puts words of its own in the place of an empty or
 * a very long one, and encodes pictures anew; of failures it has its own way to tell.
 */
export function fitsMcp(result: ToolResultBlock): boolean {
  let characters = 0;
  for (const block of result.content) {
    if (block.type !== 'text') return false;
    characters += block.text.length;
  }
  return result.is_error !== true && characters > 0 && characters <= maxResultCharacters;
}
