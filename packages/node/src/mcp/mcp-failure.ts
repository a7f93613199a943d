import { GatewayError } from '@claude-code-api/gateway';

/** What is wrong with an MCP server that a request names. It tells no more of it than the caller has called it. */
export function mcpFailure(label: string, why: string, status: 400 | 424 = 424): GatewayError {
  return new GatewayError(`The MCP server '${label}' can't be used: ${why}.`, {
    status,
    code: status === 400 ? 'invalid_value' : 'mcp_server_failed',
    param: 'tools',
    shouldRetry: false,
  });
}
