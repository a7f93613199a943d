import * as z from 'zod';
import { gatewayDefaults, originTest } from '@claude-code-api/gateway';
import { keyNameSchema, keySchema } from './key-schema.ts';

/** An origin that none could match would be found out by nobody. */
function checkOrigin(origin: string, context: z.RefinementCtx<string>): void {
  try {
    originTest([origin]);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
}

/** How the server is reached, by whom, and how it answers. */
export const serverSchema = z.strictObject({
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe(
      'Address to listen on. Other machines can reach the server on anything but a loopback address, so that it then needs keys (`server.api_keys`).',
    ),
  port: z.int().min(0).max(65_535).default(8080).describe('Port to listen on; 0 takes any free one.'),
  api_keys: z
    .record(keyNameSchema, keySchema)
    .default({})
    .describe(
      'Who may use the server: a table `[server.api_keys.NAME]` of the settings below for each key, which `claude-code-api create-key NAME` makes. Without any, no key is asked for.',
    ),
  allow_unauthenticated: z
    .boolean()
    .default(false)
    .describe('Whether a server without keys may listen on another address than loopback, where whoever reaches it may use it.'),
  allowed_hosts: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Names by which the server may be called, when it listens on loopback, beside localhost and loopback addresses: for a reverse proxy that passes the caller’s Host on.',
    ),
  cors_origins: z
    .array(z.string().superRefine(checkOrigin))
    .default([])
    .describe(
      'Origins whose web pages may call the server: `https://example.org`, `http://localhost:*` for any port, `https://*.example.org` for any name before it, `["*"]` for all. None by default.',
    ),
  allow_mcp_urls: z
    .boolean()
    .default(false)
    .describe(
      'Whether callers of `/v1/responses` may name MCP servers (`tools` of the type `mcp`), to which this server then connects for them: on the public internet only.',
    ),
  max_body_bytes: z.int().min(1024).default(gatewayDefaults.maxBodyBytes).describe('Largest request body that is read.'),
  max_held_body_bytes: z
    .int()
    .min(1024)
    .optional()
    .describe(
      'Bytes of all bodies together that are being read, or whose requests are not answered yet, and of the files and URLs that they name; one that does not fit in gets a 503. With keys, half of it is for one key at most, which then gets a 429. By default an eighth of the memory that Node may use; at least `server.max_body_bytes`.',
    ),
  request_timeout_seconds: z.number().positive().default(60).describe('Longest that a client may take to send a request.'),
  shutdown_timeout_seconds: z
    .number()
    .min(0)
    .default(30)
    .describe('How long running turns may go on after the first signal to stop; then they are cut.'),
  strict_parameters: z
    .boolean()
    .default(gatewayDefaults.strictParameters)
    .describe(
      'Whether a parameter without effect is an error, when the header x-strict-parameters does not say. By default it is named in x-ignored-parameters.',
    ),
  keep_alive: z
    .enum(['chunk', 'comment', 'off'])
    .default(gatewayDefaults.keepAlive.mode)
    .describe('What keeps a silent stream alive: an empty chunk, an SSE comment, or nothing.'),
  keep_alive_seconds: z
    .number()
    .min(1)
    .default(gatewayDefaults.keepAlive.intervalMs / 1000)
    .describe('How long a stream may be silent before that.'),
  activity: z
    .enum(['none', 'events', 'reasoning'])
    .default(gatewayDefaults.activity)
    .describe(
      'What callers are shown of Claude’s own tool use, when a request does not say: nothing, events in an extension of the reply, or lines of its reasoning.',
    ),
});
