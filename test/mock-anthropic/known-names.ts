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

/** Names of betas: https://platform.claude.com/docs/en/api/beta-headers, as Anthropic's SDK has them. */
export const listedBetas: readonly string[] = [
  ...['computer-use-2024-10-22', 'computer-use-2025-01-24', 'output-128k-2025-02-19', 'mcp-client-2025-04-04'],
  ...['mcp-client-2025-11-20', 'dev-full-thinking-2025-05-14', 'interleaved-thinking-2025-05-14', 'code-execution-2025-05-22'],
  ...['context-1m-2025-08-07', 'context-management-2025-06-27', 'model-context-window-exceeded-2025-08-26'],
  ...['fast-mode-2026-02-01', 'output-300k-2026-03-24', 'user-profiles-2026-03-24', 'user-profiles-2026-08-18'],
  ...['user-profiles-2026-09-04', 'advisor-tool-2026-03-01', 'managed-agents-2026-04-01', 'dreaming-2026-04-21'],
  ...['thinking-token-count-2026-05-13', 'server-side-fallback-2026-06-01', 'server-side-fallback-2026-07-01'],
  ...['fallback-credit-2026-06-01', 'fallback-credit-2026-07-01', 'agent-memory-2026-07-22'],
  ...['mid-conversation-tool-changes-2026-07-01', 'compact-2026-01-12', 'computer-use-2025-11-24', 'mcp-tunnels-2026-06-22'],
  ...['structured-outputs-2025-11-13', 'task-budgets-2026-03-13', 'thinking-display-updates-2026-08-18'],
  ...['mid-conversation-output-config-2026-07-01', 'thinking-binding-controls-2026-08-01'],
  ...['mid-conversation-system-clear-at-2026-08-21', 'compact-2026-09-04', 'inline-tools-2026-09-15', 'mcp-client-2026-09-15'],
  ...['ce-plugins-2026-09-01', 'spend-limit-reads-2026-09-26', 'telemetry-destinations-2026-08-11', 'webhooks-2026-10-07'],
  ...['admin-user-sign-out-2026-10-08', 'message-threads-2026-08-12', 'analytics-usage-cost-2026-08-24'],
  ...['experimental-claude-tag-2026-10-21', 'message-batches-2024-09-24', 'prompt-caching-2024-07-31', 'pdfs-2024-09-25'],
  ...['token-counting-2024-11-01', 'token-efficient-tools-2025-02-19', 'files-api-2025-04-14', 'extended-cache-ttl-2025-04-11'],
  ...['skills-2025-10-02', 'cache-diagnosis-2026-04-07', 'ce-user-management-2026-07-13'],
  ...['ce-claude-code-managed-settings-2026-10-06', 'efs-2026-10-01', 'google-managed-data-controls-2026-09-01'],
  ...['user-profiles-billing-2026-10-01'],
];
/** Those that the CLI sends by itself, and older SDKs. */
const otherBetas = [
  ...['claude-code-20250219', 'oauth-2025-04-20', 'prompt-caching-scope-2026-01-05', 'mid-conversation-system-2026-04-07'],
  ...['per-turn-control-2026-07-01', 'effort-2025-11-24', 'dangerous-tool-use-2026-09-03', 'afk-mode-2026-01-31'],
  ...['advanced-tool-use-2025-11-20', 'fine-grained-tool-streaming-2025-05-14', 'structured-outputs-2025-12-15'],
];
const betas = new Set([...listedBetas, ...otherBetas]);

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
