import { addUsage, noUsage, type Usage } from '@claude-code-api/gateway';
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
  let before = noUsage;
  let step = noUsage;
  return {
    get total() {
      return addUsage(before, step);
    },
    begin(usage) {
      before = addUsage(before, step);
      step = withUsage(noUsage, usage);
    },
    update(usage) {
      step = withUsage(step, usage);
    },
  };
}
