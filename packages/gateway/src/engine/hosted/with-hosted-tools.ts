import { badRequest } from '../../bad-request.ts';
import type { McpConnector, McpConnectOptions } from '../../ports/mcp-connector.ts';
import type { TurnPlan } from '../plan-turn.ts';
import type { TurnRequest } from '../turn-request.ts';
import { checkSchemas } from '../request/check-schemas.ts';
import { type HostedTools, openHostedTools } from './hosted-tools.ts';

export interface HostedPlan {
  /** With the tools of its servers among the others. */
  readonly plan: TurnPlan;
  /** Undefined where it names none. */
  readonly hosted: HostedTools | undefined;
}

/**
 * Connects to the servers that a request names, and offers the model their tools.
 *
 * @throws {GatewayError} As `openHostedTools`; 400 for a tool whose name another has, and for a choice of one that is not there.
 */
export async function withHostedTools(
  plan: TurnPlan,
  { connector, ...options }: McpConnectOptions & { readonly connector: McpConnector | undefined },
): Promise<HostedPlan> {
  const { request } = plan;
  if (request.servers === undefined || request.servers.length === 0) return { plan, hosted: undefined };
  const hosted = await openHostedTools(request.servers, connector, options);
  const tools = [...request.tools, ...hosted.tools].toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const all = { ...request, tools };
  try {
    checkSchemas(all);
    checkChoice(all);
  } catch (error) {
    await hosted.close();
    throw error;
  }
  return { hosted, plan: { ...plan, request: all } };
}

/** What a dialect can't see: whether the servers have what is to be called. */
function checkChoice({ tools, toolChoice: choice }: Pick<TurnRequest, 'tools' | 'toolChoice'>): void {
  const isThere = choice?.type === 'tool' ? tools.some(({ name }) => name === choice.name) : choice?.type !== 'any' || tools.length > 0;
  if (isThere) return;
  const what = choice?.type === 'tool' ? `there is no tool '${choice.name}' among those` : 'there are no tools';
  throw badRequest(`Invalid value for 'tool_choice': ${what} of the request and its MCP servers.`, 'tool_choice');
}
