import type { ContentBlock, ToolResultBlock } from '@claude-code-api/gateway';
import { bareId } from '@claude-code-api/gateway/runner-kit';
import { maxResultCharacters } from './client-tools.ts';

/** Whether this is what a process waits for that holds these calls (see `bareId`): their results, and nothing else. */
export function fitsCalls(calls: ReadonlySet<string>, content: readonly ContentBlock[]): boolean {
  return (
    content.length === calls.size &&
    content.every((block) => block.type === 'tool_result' && calls.has(bareId(block.tool_use_id)) && fitsMcp(block))
  );
}

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
