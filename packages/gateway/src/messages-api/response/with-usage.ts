import type { JsonObject } from '../../turn/tool.ts';
import type { Usage } from '../../turn/usage.ts';
import type { StreamUsage } from '../stream-event.ts';

/** What the API tells of usage that `Usage` has no place for. */
export function usageExtras(latest: StreamUsage | null | undefined): JsonObject {
  const {
    input_tokens: _in,
    cache_creation_input_tokens: _write,
    cache_creation: _writes,
    cache_read_input_tokens: _read,
    ...rest
  } = latest ?? {};
  const { output_tokens: _out, output_tokens_details: _details, ...extras } = rest;
  return extras;
}

/** Numbers of a stream are cumulative: the latest of each is right. */
export function withUsage(usage: Usage, latest: StreamUsage | null | undefined): Usage {
  if (!latest) return usage;
  return {
    inputTokens: latest.input_tokens ?? usage.inputTokens,
    cacheReadTokens: latest.cache_read_input_tokens ?? usage.cacheReadTokens,
    cacheWriteTokens: latest.cache_creation_input_tokens ?? usage.cacheWriteTokens,
    cacheWriteHourTokens: latest.cache_creation?.ephemeral_1h_input_tokens ?? usage.cacheWriteHourTokens,
    outputTokens: latest.output_tokens ?? usage.outputTokens,
    reasoningTokens: latest.output_tokens_details?.thinking_tokens ?? usage.reasoningTokens,
  };
}
