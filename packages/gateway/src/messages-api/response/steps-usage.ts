import { addUsage, noUsage, type Usage } from '../../turn/usage.ts';
import type { ModelPrice } from '../../ports/claude-runner.ts';
import { costOf } from '../../models/cost-of.ts';
import type { StreamUsage } from '../stream-event.ts';
import type { JsonObject } from '../../turn/tool.ts';

/** What the steps of a turn use, and its subagents, each a request of its own. */
export interface StepsUsage {
  readonly total: Usage;
  /** What it costs, in US dollars; undefined when a step's price is not known. */
  readonly costUsd: number | undefined;
  /** A step begins, with this model. */
  begin(model: string, usage: StreamUsage | null | undefined): void;
  /** The latest numbers of the step. */
  update(usage: StreamUsage | null | undefined): void;
  /**
   * A subagent has answered in between. The CLI tells it with each block of the answer, with the numbers of its beginning, and its last
   * answer not at all.
   */
  addSubagent(answer: SubagentAnswer | undefined): void;
}

interface SubagentAnswer {
  readonly id?: string | undefined;
  readonly model?: string | undefined;
  readonly usage?: StreamUsage | null | undefined;
}

/**
 * The list price of a search that Anthropic has done, for any model; what was found is paid for as input.
 *
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool#usage-and-pricing
 */
const usdPerWebSearch = 0.01;

/** What the CLI says in the place of an answer. */
const madeByCli = '<synthetic>';

/** What usage is added up with. */
export interface StepsUsageOptions {
  /** What a model costs; undefined where that is not known. */
  readonly priceOf: (model: string) => ModelPrice | undefined;
  /** Is told with each number of the API what all steps have used so far, and cost in US dollars where that is known. */
  readonly onUsage?: ((usage: Usage, costUsd: number | undefined) => void) | undefined;
}

/** Begins to add up what the steps of a turn use, from nothing. */
export function createStepsUsage({ priceOf, onUsage }: StepsUsageOptions): StepsUsage {
  const answerIds = new Set<string>();
  let before = noUsage;
  let costBefore: number | undefined = 0;
  let step = noUsage;
  let searches = 0;
  let price: ModelPrice | undefined;

  function costNow(): number | undefined {
    if (step === noUsage) return costBefore;
    return costBefore === undefined || price === undefined ? undefined : costBefore + costOf(step, price) + searches * usdPerWebSearch;
  }

  function total(): Usage {
    return addUsage(before, step);
  }

  function update(usage: StreamUsage | null | undefined): void {
    step = withUsage(step, usage);
    searches = searchesOf(usage) ?? searches;
    onUsage?.(total(), costNow());
  }

  return {
    get total() {
      return total();
    },
    get costUsd() {
      return costNow();
    },
    begin(model, usage) {
      costBefore = costNow();
      before = addUsage(before, step);
      step = noUsage;
      searches = 0;
      price = priceOf(model);
      update(usage);
    },
    update,
    addSubagent({ id, model, usage } = {}) {
      if (id === undefined || model === undefined || !usage || answerIds.has(id) || model === madeByCli) return;
      answerIds.add(id);
      const aside = withUsage(noUsage, usage);
      const itsPrice = priceOf(model);
      const costOfIt = itsPrice && costOf(aside, itsPrice) + (searchesOf(usage) ?? 0) * usdPerWebSearch;
      before = addUsage(before, aside);
      costBefore = costBefore === undefined || costOfIt === undefined ? undefined : costBefore + costOfIt;
      onUsage?.(total(), costNow());
    },
  };
}

function searchesOf(usage: StreamUsage | null | undefined): number | undefined {
  return usage?.server_tool_use?.web_search_requests ?? undefined;
}

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
function withUsage(usage: Usage, latest: StreamUsage | null | undefined): Usage {
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
