import type { CliToolResults } from '../process/cli-message.ts';

/** Whether a tool did not run, since it is not permitted. Older versions of the CLI say only in words that a rule has refused it. */
export function isDenied({ tool_result_meta: facts = [] }: CliToolResults, block: CliToolResults['message']['content'][number]): boolean {
  const decision = facts.find(({ id }) => id === block.tool_use_id)?.permission_decision?.decision;
  if (decision !== undefined || block.is_error !== true || typeof block.content !== 'string') return decision === 'reject';
  return /^(<tool_use_error>)?(Permission to use .* (has been|is) denied|File is in a directory that is denied)/.test(block.content);
}
