import type { IncomingHttpHeaders } from 'node:http';

/** Fields of a request: https://platform.claude.com/docs/en/api/messages, and those of betas that the CLI sends. */
const fields = new Set([
  ...['model', 'messages', 'max_tokens', 'system', 'tools', 'tool_choice', 'stream', 'metadata', 'stop_sequences', 'service_tier'],
  ...['temperature', 'top_p', 'top_k', 'thinking', 'output_config', 'cache_control', 'container', 'inference_geo', 'speed'],
  ...['context_management', 'mcp_servers', 'diagnostics', 'output_format', 'safeguards'],
]);

/** Of those the fields by which tokens are counted: https://platform.claude.com/docs/en/api/messages-count-tokens. */
const countedFields = new Set([
  ...['model', 'messages', 'system', 'tools', 'tool_choice', 'thinking', 'output_config', 'output_format', 'cache_control', 'speed'],
  ...['context_management', 'mcp_servers'],
]);

/** Names of betas: https://platform.claude.com/docs/en/api/beta-headers, and those that the CLI sends by itself. */
const betas = new Set([
  ...['claude-code-20250219', 'oauth-2025-04-20', 'interleaved-thinking-2025-05-14', 'thinking-token-count-2026-05-13'],
  ...['context-management-2025-06-27', 'prompt-caching-scope-2026-01-05', 'mid-conversation-system-2026-04-07'],
  ...['per-turn-control-2026-07-01', 'effort-2025-11-24', 'extended-cache-ttl-2025-04-11', 'dangerous-tool-use-2026-09-03'],
  ...['afk-mode-2026-01-31', 'advanced-tool-use-2025-11-20', 'mid-conversation-tool-changes-2026-07-01', 'context-1m-2025-08-07'],
  ...['structured-outputs-2025-11-13', 'files-api-2025-04-14', 'fine-grained-tool-streaming-2025-05-14', 'mcp-client-2025-11-20'],
  ...['token-counting-2024-11-01', 'prompt-caching-2024-07-31', 'message-threads-2026-08-12'],
]);

/** What the API refuses of the names of a body's fields, in about its words; undefined for nothing. */
export const problemOfFields = (body: object): string | undefined => problemOfOthers(body, fields);

/** The same of a body whose tokens are to be counted. */
export const problemOfCountedFields = (body: object): string | undefined => problemOfOthers(body, countedFields);

function problemOfOthers(body: object, known: ReadonlySet<string>): string | undefined {
  const unknown = Object.keys(body).find((field) => !known.has(field));
  return unknown === undefined ? undefined : `${unknown}: Extra inputs are not permitted`;
}

/** The same of a request's `anthropic-beta` headers. */
export function problemOfHeaders(headers: IncomingHttpHeaders): string | undefined {
  const names = String(headers['anthropic-beta'] ?? '').split(',');
  const unknown = names.map((name) => name.trim()).find((name) => name !== '' && !betas.has(name));
  if (unknown === undefined) return undefined;
  return `Unexpected value(s) \`${unknown}\` for the \`anthropic-beta\` header. Please consult our documentation or try again without the header.`;
}
