import { cacheKey } from '../cache/cache-key.ts';
import type { AnswerCache, AnswerCacheResult } from '../cache/create-answer-cache.ts';
import type { Sha256 } from '../ports/sha256.ts';
import type { Logger } from '../ports/logger.ts';
import type { Turn } from '../turn/turn.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import type { OutputCheck } from './create-output-check.ts';
import { checkOutput, repairOutput } from './check-output.ts';
import { checkStrictCalls } from './check-strict-calls.ts';
import { cutAtStop } from './cut-at-stop.ts';
import { retryUntold } from './retry-untold.ts';
import type { TurnPlan } from './plan-turn.ts';
import { transformTurn } from './transform-turn.ts';
import type { TurnRequest } from './turn-request.ts';

export interface StartChoicesOptions {
  readonly run: (turn: Turn, signal: AbortSignal) => AsyncIterable<TurnEvent>;
  readonly plan: Pick<TurnPlan, 'blankStops' | 'cacheWish'> & { readonly request: Pick<TurnRequest, 'choices' | 'streamed' | 'seed'> };
  readonly checkOutput: OutputCheck;
  /** Undefined where no answers are kept. */
  readonly cache: { readonly answers: AnswerCache; readonly sha256: Sha256 } | undefined;
  /** How often an answer that breaks off is asked for again, before its caller has heard of it. */
  readonly maxRetries: number;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

export interface Choices {
  /** The events of each choice's turn; none runs before it is read. */
  readonly turns: readonly AsyncIterable<TurnEvent>[];
  /** How the cache took part in the first choice. */
  readonly outcome: AnswerCacheResult['outcome'];
}

/** One turn for each choice that is asked for, checked and cut as the request says, from the cache where it may be. */
export async function startChoices(turn: Turn, options: StartChoicesOptions): Promise<Choices> {
  const { plan, checkOutput: check, cache, signal } = options;
  const { request, blankStops, cacheWish: wish } = plan;

  // Only the first choice becomes part of the conversation: side by side in one working directory they would disturb each other.
  const { conversation: _conversation, ...aside } = turn;

  function start(index: number, turnSignal: AbortSignal): AsyncIterable<TurnEvent> {
    const own = index === 0 ? turn : aside;
    const run = (each: Turn): AsyncIterable<TurnEvent> =>
      retryUntold(() => options.run(each, turnSignal), { ...options, isStreamed: request.streamed, signal: turnSignal });
    const isRepaired = own.outputSchema !== undefined && !request.streamed;
    return transformTurn(isRepaired ? repairOutput(own, run, check) : run(own), [
      ...(own.outputSchema === undefined || isRepaired ? [] : [checkOutput(own, check)]),
      ...(own.tools.some((tool) => tool.strict) ? [checkStrictCalls(own, check)] : []),
      ...(blankStops.length === 0 ? [] : [cutAtStop(blankStops)]),
    ]);
  }

  const indexes = Array.from({ length: request.choices }, (_, index) => index);
  if (cache === undefined || wish === undefined) return { turns: indexes.map((index) => start(index, signal)), outcome: 'bypass' };
  const { answers, sha256 } = cache;
  const runs = await Promise.all(
    indexes.map(async (index) => {
      const key = await cacheKey(turn, { seed: request.seed ?? null, blankStops, index }, sha256);
      return answers.run({ key, tenant: turn.tenant, wish, start: (turnSignal) => start(index, turnSignal), signal });
    }),
  );
  return { turns: runs.map((run) => run.events), outcome: runs[0]?.outcome ?? 'bypass' };
}
