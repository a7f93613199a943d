import { badRequest, type GatewayError } from '../../gateway-error.ts';
import type { McpConnection, McpConnector, McpConnectOptions, McpTool } from '../../ports/mcp-connector.ts';
import { hostedName } from '../../turn/grouped-name.ts';
import type { Tool } from '../../turn/tool.ts';
import type { HostedTool, HostedTools, ListedServer } from './hosted-tools.ts';
import type { ServerWish, ToolFilter } from './server-wish.ts';

/** The most servers that a request may name: all are connected to at once. */
const maxServers = 16;
/** The most tools that the servers of a request may have together: as many as a request may bring itself. */
const maxTools = 512;

/**
 * Connects to the servers that a request names.
 *
 * @throws {GatewayError} 400 for one that may not be named, 424 for one that fails; none is connected to then.
 */
export async function openServers(
  wishes: readonly ServerWish[],
  connector: McpConnector,
  options: McpConnectOptions,
): Promise<HostedTools> {
  const extra = wishes[maxServers];
  if (extra !== undefined)
    throw badRequest(`Invalid value for '${extra.place}': there may be ${maxServers} MCP servers at most.`, extra.place);
  const opened = await Promise.allSettled(wishes.map((wish) => connector.connect(wish, options)));
  const connections = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  try {
    for (const each of opened) if (each.status === 'rejected') throw each.reason;
    return toHostedTools(wishes, connections);
  } catch (error) {
    await closeAll(connections);
    throw error;
  }
}

function toHostedTools(wishes: readonly ServerWish[], connections: readonly McpConnection[]): HostedTools {
  const tools: Tool[] = [];
  const known = new Map<string, HostedTool>();
  const connectionOf = new Map<string, McpConnection>();
  const servers = wishes.map((wish, index): ListedServer => {
    const listed = (connections[index]?.tools ?? []).filter((tool) => fits(tool, wish.allowed));
    for (const { name, description, inputSchema, ...tool } of listed) {
      if (tools.length === maxTools) throw tooMany(wish);
      const modelName = hostedName(wish.label, name);
      const needsApproval = wish.unasked === undefined || !fits({ name, ...tool }, wish.unasked);
      known.set(modelName, { server: wish.label, name, needsApproval });
      tools.push({ name: modelName, description, inputSchema, strict: false });
      const connection = connections[index];
      if (connection !== undefined) connectionOf.set(modelName, connection);
    }
    return { label: wish.label, tools: listed };
  });
  return {
    tools,
    known,
    servers,
    async call(name, input, signal) {
      const tool = known.get(name);
      const connection = connectionOf.get(name);
      return tool === undefined || connection === undefined
        ? { text: `There is no tool '${name}'.`, isError: true }
        : connection.call(tool.name, input, signal);
    },
    close: () => closeAll(connections),
  };
}

function fits(tool: Pick<McpTool, 'name' | 'annotations'>, filter: ToolFilter | undefined): boolean {
  if (filter === undefined) return true;
  const { names, readOnly, except } = filter;
  return (
    (names === undefined || names.includes(tool.name)) &&
    (readOnly === undefined || (tool.annotations?.['readOnlyHint'] === true) === readOnly) &&
    (except === undefined || !fits(tool, except))
  );
}

async function closeAll(connections: readonly McpConnection[]): Promise<void> {
  await Promise.allSettled(connections.map((each) => each.close()));
}

function tooMany({ label, place }: ServerWish): GatewayError {
  return badRequest(
    `The MCP server '${label}' has too many tools: there may be ${maxTools} in a request. Send 'allowed_tools'.`,
    place,
    'unsupported_value',
  );
}
