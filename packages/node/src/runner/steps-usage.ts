import { addUsage, noUsage, type Usage } from '@claude-code-api/gateway';
import type { CliUsage } from './cli-message.ts';
import { costOf } from './cost-of.ts';
import type { ModelPrice } from './model-price.ts';
import { withUsage } from './with-usage.ts';

/** What the steps of a turn use, each a request of its own. */
export interface StepsUsage {
  readonly total: Usage;
  /** What it costs, in US dollars; undefined when a step's price is not known. */
  readonly costUsd: number | undefined;
  /** A step begins, with this model. */
  begin(model: string, usage: CliUsage | null | undefined): void;
  /** The latest numbers of the step. */
  update(usage: CliUsage | null | undefined): void;
}

export function createStepsUsage(priceOf: (model: string) => ModelPrice | undefined): StepsUsage {
  let before = noUsage;
  let costBefore: number | undefined = 0;
  let step = noUsage;
  let hourWriteTokens = 0;
  let price: ModelPrice | undefined;

  function costNow(): number | undefined {
    if (step === noUsage) return costBefore;
    return costBefore === undefined || price === undefined ? undefined : costBefore + costOf(step, hourWriteTokens, price);
  }

  function update(usage: CliUsage | null | undefined): void {
    step = withUsage(step, usage);
    hourWriteTokens = usage?.cache_creation?.ephemeral_1h_input_tokens ?? hourWriteTokens;
  }

  return {
    get total() {
      return addUsage(before, step);
    },
    get costUsd() {
      return costNow();
    },
    begin(model, usage) {
      costBefore = costNow();
      before = addUsage(before, step);
      step = noUsage;
      hourWriteTokens = 0;
      price = priceOf(model);
      update(usage);
    },
    update,
  };
}
