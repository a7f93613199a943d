import type { McpServer } from '../../ports/mcp-connector.ts';

/** An MCP server that a request names, whose tools the gateway calls. */
export interface ServerWish extends McpServer {
  /** Which of its tools there are for the model. Absent: all. */
  readonly allowed?: ToolFilter | undefined;
  /** Which of its tools are called without asking. Absent: none. */
  readonly unasked?: ToolFilter | undefined;
  /** Where the request names it, for errors. */
  readonly place: string;
}

/** Tools that fit all that is said here. */
export interface ToolFilter {
  readonly names?: readonly string[] | undefined;
  /** Whether the server says of them that they only read. */
  readonly readOnly?: boolean | undefined;
  /** Tools that fit this filter are left out. */
  readonly except?: ToolFilter | undefined;
}
