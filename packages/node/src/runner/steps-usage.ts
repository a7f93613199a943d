import type { Usage } from '@claude-code-api/gateway';
import type { CliUsage } from './cli-message.ts';
import { withUsage } from './with-usage.ts';

/** The sum of what the steps of a turn use. */
export interface StepsUsage {
  readonly total: Usage;
  /** A step begins. */
  begin(usage: CliUsage | null | undefined): void;
  /** The latest numbers of the step. */
  update(usage: CliUsage | null | undefined): void;
}

export function createStepsUsage(): StepsUsage {
  const none: Usage = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0, reasoningTokens: 0 };
  let before = none;
  let step = none;

  function total(): Usage {
    return {
      inputTokens: before.inputTokens + step.inputTokens,
      cacheReadTokens: before.cacheReadTokens + step.cacheReadTokens,
      cacheWriteTokens: before.cacheWriteTokens + step.cacheWriteTokens,
      outputTokens: before.outputTokens + step.outputTokens,
      reasoningTokens: before.reasoningTokens + step.reasoningTokens,
    };
  }

  return {
    get total() {
      return total();
    },
    begin(usage) {
      before = total();
      step = withUsage(none, usage);
    },
    update(usage) {
      step = withUsage(step, usage);
    },
  };
}
