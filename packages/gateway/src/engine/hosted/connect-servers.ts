import { badRequest } from '../../gateway-error.ts';
import type { McpConnectOptions } from '../../ports/mcp-connector.ts';
import type { TurnPlan } from '../plan-turn.ts';
import type { HostedPlan, McpHosting } from './hosted-tools.ts';

/**
 * Connects to the servers that a request names. Undefined for one that names none.
 *
 * @param mcp Undefined where requests may name none.
 * @throws {GatewayError} 400 where none may be named, or as `McpHosting.open`.
 */
export async function connectServers(
  plan: TurnPlan,
  mcp: McpHosting | undefined,
  options: McpConnectOptions,
): Promise<HostedPlan | undefined> {
  const [first] = plan.request.servers ?? [];
  if (first === undefined) return undefined;
  if (mcp !== undefined) return mcp.open(plan, options);
  const message = 'Unsupported value: MCP servers can not be named here. Send the tools that your client runs.';
  throw badRequest(message, first.place, 'unsupported_value').with({ option: 'mcp' });
}
