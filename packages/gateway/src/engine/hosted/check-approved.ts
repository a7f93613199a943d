import { badRequest } from '../../gateway-error.ts';
import type { ToolUseBlock } from '../../turn/content-block.ts';
import type { HostedTools } from './hosted-tools.ts';

/**
 * Looks whether what the caller has allowed can be done.
 *
 * @throws {GatewayError} 400 for a call of a tool that the request's servers do not have.
 */
export function checkApproved(calls: readonly ToolUseBlock[], { known }: Pick<HostedTools, 'known'>): void {
  for (const { name } of calls) {
    if (known.has(name)) continue;
    throw badRequest(
      `The call of '${name}' that was allowed can't be made: no MCP server among 'tools' has such a tool. Send its server again.`,
      'tools',
    );
  }
}
