/** The name by which the CLI knows a tool of an MCP server, or all of the server's. */
export function mcpToolName(server: string, tool?: string): string {
  const name = `mcp__${server.replaceAll(/[^a-zA-Z0-9_-]/g, '_')}`;
  return tool === undefined ? name : `${name}__${tool.replaceAll(/[^a-zA-Z0-9_-]/g, '_')}`;
}
