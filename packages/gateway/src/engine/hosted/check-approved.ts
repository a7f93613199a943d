import { badRequest } from '../../bad-request.ts';
import { approvedCalls } from '../../turn/approved-call.ts';
import type { Message } from '../../turn/message.ts';
import type { HostedTools } from './hosted-tools.ts';

/**
 * Looks whether what the caller has allowed can be done.
 *
 * @param hosted The tools of the request's servers; undefined for none.
 * @throws {GatewayError} 400 for a call of a tool that is not among them.
 */
export function checkApproved(messages: readonly Message[], hosted: Pick<HostedTools, 'known'> | undefined): void {
  for (const { name } of approvedCalls(messages)) {
    if (hosted?.known.has(name) === true) continue;
    throw badRequest(
      `The call of '${name}' that was allowed can't be made: its MCP server has no such tool, or is not among 'tools'. Send its server again.`,
      'tools',
    );
  }
}
