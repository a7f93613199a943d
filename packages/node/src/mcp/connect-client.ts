import type { McpServer } from '@claude-code-api/gateway';
import type { Client, FetchLike } from '@modelcontextprotocol/client';

/**
 * Connects to an MCP server: by streamable HTTP, or else by the older way of server-sent events. The library is loaded with the first one.
 *
 * @throws {Error} What the library throws.
 */
export async function connectClient(
  { url, headers }: McpServer,
  fetch: FetchLike,
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<Client> {
  const mcp = await import('@modelcontextprotocol/client');
  const address = new URL(url);
  const requestInit = { headers };
  const newClient = (): Client => new mcp.Client({ name: 'claude-code-api', version: '1' }, { capabilities: {} });
  const options = { signal, timeout: timeoutMs };
  const client = newClient();
  const reconnectionOptions = { maxRetries: 0, initialReconnectionDelay: 1000, maxReconnectionDelay: 1000, reconnectionDelayGrowFactor: 1 };
  try {
    await client.connect(new mcp.StreamableHTTPClientTransport(address, { fetch, requestInit, reconnectionOptions }), options);
    return client;
  } catch (error) {
    await client.close();
    const status = error instanceof mcp.SdkHttpError ? error.status : undefined;
    if (status === undefined || ![400, 404, 405].includes(status)) throw error;
  }
  const older = newClient();
  try {
    await older.connect(new mcp.SSEClientTransport(address, { fetch, requestInit }), options);
    return older;
  } catch (error) {
    await older.close();
    throw error;
  }
}
