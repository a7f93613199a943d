import type { JsonObject } from '../turn/tool.ts';

/** Connects to the MCP servers that requests name. It decides which of them may be reached: their addresses are callers'. */
export interface McpConnector {
  /**
   * Connects to a server and asks which tools it has.
   *
   * @throws {GatewayError} 400 for an address that may not be connected to, 424 for a server that fails. No message tells of `headers`.
   */
  connect(server: McpServer, options: McpConnectOptions): Promise<McpConnection>;
}

/** An MCP server that a request names. */
export interface McpServer {
  /** For messages. */
  readonly label: string;
  readonly url: string;
  /** Secrets: they go to the server, and nowhere else. */
  readonly headers: Readonly<Record<string, string>>;
}

/** For whom a server is connected to, and until when. */
export interface McpConnectOptions {
  readonly tenant: string;
  readonly signal: AbortSignal;
}

/** A connection to one MCP server, open until it is closed. */
export interface McpConnection {
  readonly tools: readonly McpTool[];
  /** Calls a tool. What fails, or takes too long, is a result too; only an abort throws, with the signal's reason. */
  call(name: string, input: JsonObject, signal: AbortSignal): Promise<McpResult>;
  close(): Promise<void>;
}

/**
 * A tool of an MCP server, as the server describes it.
 *
 * @see https://modelcontextprotocol.io/specification/latest/server/tools
 */
export interface McpTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments, an object's. */
  readonly inputSchema: JsonObject;
  /** What the server says of it, which need not be true. */
  readonly annotations?: JsonObject;
}

/** What a call of a tool gave. */
export interface McpResult {
  readonly text: string;
  readonly isError: boolean;
}
