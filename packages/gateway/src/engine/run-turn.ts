import type { RequestContext } from './request-context.ts';
import { GatewayError } from '../gateway-error.ts';
import { pause } from '../basics/waiting.ts';
import type { Quotas, TurnAllowance } from '../quotas/create-quotas.ts';
import type { ClaudeRunner } from '../ports/claude-runner.ts';
import type { Insight } from '../ports/insight.ts';
import type { Turn } from '../turn/turn.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import { createTurnMeter, type TurnMeter } from './turn-meter.ts';
import type { TurnLimiter } from './turn-limiter.ts';

export interface RunTurnContext {
  readonly runner: ClaudeRunner;
  readonly limiter: TurnLimiter;
  /** Undefined: callers have none. */
  readonly quotas: Quotas | undefined;
  readonly insight: Insight | undefined;
  /** Whether what is said is written to the log. */
  readonly logContent: boolean;
}

const askAgainMs = 1000;

/**
 * Runs a turn once its caller's limits allow it and there is a place for it, and counts what it spends, before its end is told. Leaving
 * the iteration stops the turn.
 *
 * @throws {GatewayError} 429 when it may not run, or there is no place; or whatever the runner throws.
 */
export function runTurn(turn: Turn, context: RunTurnContext, request: RequestContext, signal: AbortSignal): AsyncIterable<TurnEvent> {
  return { [Symbol.asyncIterator]: () => limited(turn, context, request, signal) };
}

/** By hand, since every event passes here: a generator takes several more steps for each. */
function limited(turn: Turn, context: RunTurnContext, request: RequestContext, signal: AbortSignal): AsyncIterator<TurnEvent> {
  const { runner, limiter, quotas, insight, logContent } = context;
  let events: AsyncIterator<TurnEvent> | undefined;
  let meter: TurnMeter | undefined;
  let release = (): void => {};

  const allow = (): Promise<TurnAllowance> | undefined =>
    request.caller.limits === undefined ? undefined : quotas?.beginTurn(request.caller, turn.model);
  const enter = (isPatient: boolean): Promise<() => void> =>
    limiter.acquire(turn.tenant, signal, request.caller.limits?.concurrentTurns, isPatient);

  /** Other servers may have all of the caller's places: nothing tells when one is free again. */
  async function allowInTime(): Promise<TurnAllowance | undefined> {
    for (;;) {
      release = await enter(true);
      try {
        return await allow();
      } catch (error) {
        release();
        if (!GatewayError.isInstance(error) || error.status !== 429) throw error;
        await pause(askAgainMs, signal);
      }
    }
  }

  async function begin(): Promise<IteratorResult<TurnEvent>> {
    const { background } = request;
    const queuedAt = performance.now();
    const allowance = background === undefined ? await allow() : await allowInTime();
    const trace = request.trace?.turnBegan(turn, queuedAt);
    meter = createTurnMeter({ turn, request, allowance, insight, runner, logContent, queuedAt, trace });
    if (background === undefined) release = await enter(false);
    meter.begin();
    background?.begun();
    events = runner.run(trace?.turn ?? turn, signal, meter)[Symbol.asyncIterator]();
    return events.next();
  }

  function count(result: IteratorResult<TurnEvent>): IteratorResult<TurnEvent> | Promise<IteratorResult<TurnEvent>> {
    try {
      if (result.done === true) release();
      else if (meter?.add(result.value) === true) return meter.end('ok').then(() => result, fail);
      return result;
    } catch (error) {
      return fail(error);
    }
  }

  async function fail(error: unknown): Promise<never> {
    release();
    await meter?.end(signal.aborted ? 'left' : 'error', error);
    throw error;
  }

  return {
    next() {
      try {
        return (events === undefined ? begin() : events.next()).then(count, fail);
      } catch (error) {
        return fail(error);
      }
    },
    async return() {
      release();
      try {
        await events?.return?.();
      } finally {
        await meter?.end('left');
      }
      return { done: true, value: undefined };
    },
  };
}
