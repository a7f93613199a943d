/** The entry `@claude-code-api/gateway/mcp`: what calls the tools of MCP servers that requests name. `GatewayOptions.mcp` takes it. */
export { createMcpHosting } from './engine/hosted/create-mcp-hosting.ts';
export type { McpHosting } from './engine/hosted/hosted-tools.ts';
