import { badRequest } from '../../gateway-error.ts';
import { foldExchange } from '../../conversations/fold-exchange.ts';
import type { McpConnector } from '../../ports/mcp-connector.ts';
import { checkSchemas } from '../request/check-schemas.ts';
import type { TurnRequest } from '../turn-request.ts';
import type { McpHosting } from './hosted-tools.ts';
import { openServers } from './open-servers.ts';
import { runHosted } from './run-hosted.ts';

/** Calls the tools of MCP servers that requests name, over this connector: for `GatewayOptions.mcp`. */
export function createMcpHosting(connector: McpConnector): McpHosting {
  return {
    async open(plan, options) {
      const { request } = plan;
      const hosted = await openServers(request.servers ?? [], connector, options);
      const tools = [...request.tools, ...hosted.tools].toSorted((one, other) => (one.name < other.name ? -1 : 1));
      const all = { ...request, tools };
      try {
        checkSchemas(all);
        checkChoice(all);
      } catch (error) {
        await hosted.close();
        throw error;
      }
      return { hosted, plan: { ...plan, request: all }, foldExchange, run: (turn, runOptions) => runHosted(turn, hosted, runOptions) };
    },
  };
}

/** What a dialect can't see: whether the servers have what is to be called. */
function checkChoice({ tools, toolChoice: choice }: Pick<TurnRequest, 'tools' | 'toolChoice'>): void {
  const isThere = choice?.type === 'tool' ? tools.some(({ name }) => name === choice.name) : choice?.type !== 'any' || tools.length > 0;
  if (isThere) return;
  const what = choice?.type === 'tool' ? `there is no tool '${choice.name}' among those` : 'there are no tools';
  throw badRequest(`Invalid value for 'tool_choice': ${what} of the request and its MCP servers.`, 'tool_choice');
}
