import { bareId, type ContentBlock } from '@claude-code-api/gateway';
import { fitsMcp } from './fits-mcp.ts';
import type { Rest } from './rest-after-turn.ts';

/** Whether a process that stands so can go on with what the user says: with calls open it wants their results, and nothing else. */
export function fitsRest(rest: Rest, content: readonly ContentBlock[]): boolean {
  if (rest === 'spent') return false;
  if (rest === 'free') return true;
  return (
    content.length === rest.calls.size &&
    content.every((block) => block.type === 'tool_result' && rest.calls.has(bareId(block.tool_use_id)) && fitsMcp(block))
  );
}
