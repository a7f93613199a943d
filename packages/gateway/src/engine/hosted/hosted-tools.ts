import { badRequest } from '../../bad-request.ts';
import { GatewayError } from '../../gateway-error.ts';
import type { McpConnection, McpConnector, McpConnectOptions, McpResult, McpTool } from '../../ports/mcp-connector.ts';
import { hostedName } from '../../turn/grouped-name.ts';
import type { JsonObject, Tool } from '../../turn/tool.ts';
import type { ServerWish, ToolFilter } from './server-wish.ts';

/** A tool of a server that the request names. */
export interface HostedTool {
  readonly server: string;
  /** As the server calls it. */
  readonly name: string;
  /** Whether the caller is asked before each call. */
  readonly needsApproval: boolean;
}

/** A server, with the tools that there are for the model. */
export interface ListedServer {
  readonly label: string;
  readonly tools: readonly McpTool[];
}

/** The tools of a turn that the gateway itself calls. */
export interface HostedTools {
  /** As the model sees them. */
  readonly tools: readonly Tool[];
  /** By the names that the model knows. */
  readonly known: ReadonlyMap<string, HostedTool>;
  readonly servers: readonly ListedServer[];
  /** Calls a tool by the name that the model knows. What fails is a result too; only an abort throws. */
  call(name: string, input: JsonObject, signal: AbortSignal): Promise<McpResult>;
  close(): Promise<void>;
}

/** So many tools may the servers of a request have together, as a request may bring tools. */
const maxTools = 512;

/**
 * Connects to the servers that a request names.
 *
 * @param connector Undefined where none may be named.
 * @throws {GatewayError} 400 for what may not be, 424 for a server that fails; none is connected to then.
 */
export async function openHostedTools(
  wishes: readonly ServerWish[],
  connector: McpConnector | undefined,
  options: McpConnectOptions,
): Promise<HostedTools> {
  const [first] = wishes;
  if (connector === undefined) throw notAllowed(first?.place);
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

function notAllowed(place: string | undefined): GatewayError {
  return new GatewayError(
    "Unsupported value: this server connects to no MCP servers that requests name. Let your client run its tools, and send them as 'function'.",
    { status: 400, code: 'unsupported_value', param: place, option: 'mcp' },
  );
}

function tooMany({ label, place }: ServerWish): GatewayError {
  return badRequest(
    `The MCP server '${label}' has too many tools: there may be ${maxTools} in a request. Send 'allowed_tools'.`,
    place,
    'unsupported_value',
  );
}
