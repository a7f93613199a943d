import * as z from 'zod';
import { clientServerName } from '../runner/session/client-tools.ts';

const serverName = z
  .string()
  // With two underscores, the rules for one server's tools could mean those of another.
  .regex(/^(?!.*__)[\w-]{1,64}$/, 'an MCP server’s name has 1 to 64 letters, digits, dashes and underscores, no two of these together')
  .refine((name) => name !== clientServerName, `the name ${clientServerName} is taken by the tools of callers`);

const texts = z.record(z.string(), z.string());

const server = z
  .looseObject({
    type: z.enum(['stdio', 'http', 'streamable-http', 'sse']).optional(),
    command: z.string().min(1).optional(),
    args: z.array(z.string()).optional(),
    env: texts.optional(),
    cwd: z.string().min(1).optional(),
    url: z.string().min(1).optional(),
    headers: texts.optional(),
  })
  .refine(
    ({ type, command, url }) =>
      type === undefined || type === 'stdio' ? command !== undefined || (type === undefined && url !== undefined) : url !== undefined,
    'needs a `command`, or a `url` with the `type` http or sse',
  );

/** The standard `mcpServers` JSON. What it does not know of a server is left as it is. */
export const mcpServersSchema = z.record(serverName, server);

export type McpServerSettings = z.output<typeof server>;
