import type { Usage } from '@claude-code-api/gateway';
import type { CliUsage } from '../process/cli-message.ts';

/** Numbers of a stream are cumulative: the latest of each is right. */
export function withUsage(usage: Usage, latest: CliUsage | null | undefined): Usage {
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
