import { cacheKey } from '../cache/cache-key.ts';
import type { AnswerCache, AnswerCacheResult } from '../cache/create-answer-cache.ts';
import type { TurnKeeper } from '../conversations/keep-turn.ts';
import type { Sha256 } from '../ports/sha256.ts';
import type { Logger } from '../ports/logger.ts';
import type { Turn } from '../turn/turn.ts';
import type { ActivityMode, TurnEvent } from '../turn/turn-event.ts';
import type { OutputCheck } from './events/create-output-check.ts';
import { checkOutput, repairOutput } from './events/check-output.ts';
import { checkStrictCalls } from './events/check-strict-calls.ts';
import { cutAtStop } from './events/cut-at-stop.ts';
import type { HostedPlan } from './hosted/hosted-tools.ts';
import { retryUntold } from './events/retry-untold.ts';
import type { TurnPlan } from './plan-turn.ts';
import type { Sealer } from './seal/create-sealer.ts';
import { sealSummary, sealThinking } from './seal/seal-answer.ts';
import { tellActivityAsReasoning } from './events/tell-activity-as-reasoning.ts';
import { transformTurn, type TurnTransform } from './events/transform-turn.ts';
import type { TurnRequest } from './turn-request.ts';
import { withItemIds } from './events/with-item-ids.ts';
import { withWholeCalls } from './events/with-whole-calls.ts';

export interface StartChoicesOptions {
  readonly run: (turn: Turn, signal: AbortSignal) => AsyncIterable<TurnEvent>;
  readonly plan: Pick<TurnPlan, 'blankStops' | 'cacheWish'> & {
    readonly request: Pick<TurnRequest, 'choices' | 'streamed' | 'seed' | 'tools' | 'seals' | 'summarizes' | 'maxHostedCalls'>;
  };
  readonly checkOutput: OutputCheck;
  /** The servers whose tools the gateway calls. Undefined: none. */
  readonly servers: Pick<HostedPlan, 'hosted' | 'run'> | undefined;
  /** Undefined where no answers are kept. */
  readonly cache: { readonly answers: AnswerCache; readonly sha256: Sha256 } | undefined;
  /** How often an answer that breaks off is asked for again, before its caller has heard of it. */
  readonly maxRetries: number;
  /** Keeps the first choice in its conversation. Undefined: it is not kept. */
  readonly keeper: TurnKeeper | undefined;
  /** The id of the response that the answer is kept as. Absent: it is only told. */
  readonly responseId?: string | undefined;
  /** How the activity of agents is told. */
  readonly activity: ActivityMode;
  /** Seals what Claude thinks, where the request wants that. */
  readonly sealer: Sealer;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

export interface Choices {
  /** The events of each choice's turn; none runs before it is read. */
  readonly turns: readonly AsyncIterable<TurnEvent>[];
  /** How the cache took part in the first choice. */
  readonly outcome: AnswerCacheResult['outcome'];
}

/**
 * One turn for each choice that is asked for. All that is done to its events on their way to the dialect is listed here, in order, once: the
 * runner's are asked for again, repaired, checked and cut; the cache keeps what is left or takes its place; then the first choice becomes part of
 * the conversation, and the dialect hears the events as the request wants them told.
 */
export async function startChoices(turn: Turn, options: StartChoicesOptions): Promise<Choices> {
  const { plan, checkOutput: check, cache, signal, keeper, servers } = options;
  const { request, blankStops, cacheWish: wish } = plan;

  // Only the first choice becomes part of the conversation: side by side in one working directory they would disturb each other.
  function ownTurn(index: number): Turn {
    if (index === 0) return turn;
    const { conversation: _conversation, ...aside } = turn;
    return aside;
  }
  // What a call has done is done: no answer with calls of ours is asked for again, or kept for others.
  const isRepaired = turn.outputSchema !== undefined && !request.streamed && servers === undefined;

  function source(index: number, turnSignal: AbortSignal): AsyncIterable<TurnEvent> {
    const { maxRetries, logger } = options;
    const retrying = { isStreamed: request.streamed, maxRetries, signal: turnSignal, logger };
    const runOnce = (each: Turn): AsyncIterable<TurnEvent> => retryUntold(() => options.run(each, turnSignal), retrying);
    const { maxHostedCalls: maxCalls } = request;
    const run = servers === undefined ? runOnce : (each: Turn) => servers.run(each, { maxCalls, run: runOnce, signal: turnSignal });
    return isRepaired ? repairOutput(ownTurn(index), run, check) : run(ownTurn(index));
  }

  const beforeCache = (index: number): TurnTransform[] => [
    ...(turn.outputSchema === undefined || isRepaired ? [] : [checkOutput(ownTurn(index), check)]),
    ...(turn.tools.some(({ strict, check: own }) => strict || own !== undefined) ? [checkStrictCalls(ownTurn(index), check)] : []),
    ...(blankStops.length === 0 ? [] : [cutAtStop(blankStops)]),
  ];

  const afterCache = (index: number): TurnTransform[] => [
    withItemIds(options.responseId),
    ...(index === 0 && keeper !== undefined ? [keeper.take] : []),
    ...(options.activity === 'reasoning' ? [tellActivityAsReasoning()] : []),
    ...(request.tools.length > 0 ? [withWholeCalls()] : []),
    ...(request.seals === true ? [sealThinking(turn, options.sealer)] : []),
    ...(request.summarizes === true ? [sealSummary(turn.tenant, options.sealer)] : []),
  ];
  const onFirstOver =
    servers === undefined
      ? keeper?.release
      : async () => {
          await servers.hosted.close();
          await keeper?.release();
        };
  const onOver = (index: number): (() => Promise<void>) | undefined => (index === 0 ? onFirstOver : undefined);

  const indexes = Array.from({ length: request.choices }, (_, index) => index);
  if (cache === undefined || wish === undefined || servers !== undefined) {
    const turns = indexes.map((index) =>
      transformTurn(source(index, signal), [...beforeCache(index), ...afterCache(index)], onOver(index)),
    );
    return { turns, outcome: 'bypass' };
  }
  const { answers, sha256 } = cache;
  const runs = await Promise.all(
    indexes.map(async (index) => {
      const key = await cacheKey(turn, { seed: request.seed ?? null, blankStops, index }, sha256);
      const start = (turnSignal: AbortSignal): AsyncIterable<TurnEvent> => transformTurn(source(index, turnSignal), beforeCache(index));
      return answers.run({ key, tenant: turn.tenant, wish, start, signal });
    }),
  );
  const turns = runs.map(({ events }, index) => transformTurn(events, afterCache(index), onOver(index)));
  return { turns, outcome: runs[0]?.outcome ?? 'bypass' };
}
