import * as z from 'zod';

/** The MCP servers of requests that name no profile. */
export const mcpSchema = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe('Whether requests that name no profile may use the MCP servers of `mcp.config_file`, all tools of them.'),
  config_file: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A file with the standard `mcpServers` JSON: stdio, http or sse; `${VAR}` and `${VAR:-default}` stand for environment variables. Servers start in this server’s working directory, or in their own `cwd`.',
    ),
  strict: z
    .boolean()
    .default(false)
    .describe('Whether a turn fails when one of the MCP servers does not start. By default it does without that one.'),
  debug: z.boolean().default(false).describe('Whether what Claude Code says about its MCP servers is logged, for profiles too.'),
});
