import {
  GatewayError,
  type McpConnection,
  type McpConnector,
  type McpResult,
  type McpServer,
  type McpTool,
  type JsonObject,
} from '@claude-code-api/gateway';
import type { Client } from '@modelcontextprotocol/client';
import * as z from 'zod';
import { publicInternet } from '../media/public-internet.ts';
import { withDeadline } from '../basics/with-deadline.ts';
import { connectClient } from './connect-client.ts';
import { mcpFailure } from './mcp-failure.ts';
import { mcpFetch } from './mcp-fetch.ts';
import { callResultSchema, toResult } from './to-result.ts';

/** What may be connected to, for how long, and how much is read. */
export interface McpConnectorOptions {
  /** Which addresses may be connected to. Default: those of the public internet, but for this machine's own. */
  readonly isAllowed?: (address: string) => boolean;
  /** The longest that a server may take to connect and to list its tools, in milliseconds. Default: 20,000. */
  readonly connectTimeoutMs?: number;
  /** The longest that one call may take, in milliseconds. Default: 60,000. */
  readonly callTimeoutMs?: number;
  /** The most bytes that a server may send over one connection. Default: 8,388,608. */
  readonly maxBytes?: number;
}

/** A connector that must be closed, which ends all its connections. */
export interface ClosableMcpConnector extends McpConnector {
  close(): Promise<void>;
}

const toolsSchema = z.looseObject({
  tools: z.array(
    z.looseObject({
      name: z.string().min(1).max(128),
      description: z.string().optional(),
      inputSchema: z.record(z.string(), z.unknown()),
      annotations: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
  nextCursor: z.string().optional(),
});
/** More than a request may have anyway. */
const maxTools = 1000;

/** Connects to MCP servers by HTTP, on the public internet only: every address is checked as it is connected to. */
export function createMcpConnector(options: McpConnectorOptions = {}): ClosableMcpConnector {
  const { connectTimeoutMs = 20_000, callTimeoutMs = 60_000, maxBytes = 8 * 1024 * 1024 } = options;
  const internet = publicInternet({ timeoutMs: connectTimeoutMs, isAllowed: options.isAllowed });

  async function open(server: McpServer, signal: AbortSignal, ends: AbortSignal): Promise<McpConnection> {
    let failure: unknown;
    const fetchFrom = mcpFetch({ internet, label: server.label, maxBytes }, (error) => (failure ??= error));
    let client: Client | undefined;
    try {
      const connected = await connectClient(server, fetchFrom, { signal: ends, timeoutMs: connectTimeoutMs });
      client = connected;
      const tools = await listTools(client, ends);
      return {
        tools,
        call: (name, input, callSignal) => callTool(connected, { name, input }, { signal: callSignal, timeoutMs: callTimeoutMs }),
        close: () => connected.close(),
      };
    } catch (error) {
      await client?.close();
      signal.throwIfAborted();
      if (GatewayError.isInstance(failure)) throw failure;
      throw mcpFailure(server.label, reasonOf(error)).with({ cause: error });
    }
  }

  return {
    connect: (server, { signal }) => withDeadline(signal, connectTimeoutMs, (ends) => open(server, signal, ends)),
    close: () => internet.agent.destroy(),
  };
}

async function listTools(client: Client, signal: AbortSignal): Promise<McpTool[]> {
  const tools: McpTool[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.request({ method: 'tools/list', params: { ...(cursor !== undefined && { cursor }) } }, toolsSchema, {
      signal,
    });
    for (const { name, description = '', inputSchema, annotations } of page.tools)
      tools.push({ name, description, inputSchema, ...(annotations !== undefined && { annotations }) });
    cursor = page.tools.length === 0 ? undefined : page.nextCursor;
  } while (cursor !== undefined && tools.length < maxTools);
  return tools;
}

interface Call {
  readonly name: string;
  readonly input: JsonObject;
}

/** What a server says of its results' form is not held against them: its patterns could take for ever. */
async function callTool(
  client: Client,
  { name, input }: Call,
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<McpResult> {
  try {
    const request = { method: 'tools/call', params: { name, arguments: input } };
    return toResult(await client.request(request, callResultSchema, { signal, timeout: timeoutMs, maxTotalTimeout: timeoutMs }));
  } catch (error) {
    signal.throwIfAborted();
    return { text: `The call failed: ${reasonOf(error)}.`, isError: true };
  }
}

/** In few words, of which the server's own are one line at most. */
function reasonOf(error: unknown): string {
  if (GatewayError.isInstance(error)) return error.message.replace(/\.$/, '');
  if (!(error instanceof Error)) return 'it does not answer';
  const status: unknown = Reflect.get(error, 'status');
  if (typeof status === 'number') return `it answered with the status ${status}`;
  return 'it does not answer as an MCP server, is not on the public internet, or takes too long';
}
