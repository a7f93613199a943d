import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { toCompletionUsage } from './to-completion-usage.ts';

test('cached tokens count among the prompt’s, and the total is the sum', () => {
  const tokens = fc.nat(1_000_000);
  fc.assert(
    fc.property(tokens, tokens, tokens, tokens, tokens, (inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens) => {
      const usage = toCompletionUsage({
        inputTokens,
        cacheReadTokens,
        cacheWriteTokens,
        cacheWriteHourTokens: 0,
        outputTokens,
        reasoningTokens,
      });
      expect(usage).toMatchObject({
        prompt_tokens: inputTokens + cacheReadTokens + cacheWriteTokens,
        completion_tokens: outputTokens,
        total_tokens: inputTokens + cacheReadTokens + cacheWriteTokens + outputTokens,
        prompt_tokens_details: { cached_tokens: cacheReadTokens },
        completion_tokens_details: { reasoning_tokens: reasoningTokens },
      });
    }),
  );
});
