import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GatewayError, type GatewayErrorOptions } from '../../gateway-error.ts';
import { silentLogger } from '../../ports/logger.ts';
import type { TurnEvent } from '../../turn/turn-event.ts';
import { noUsage } from '../../turn/usage.ts';
import { retryUntold, type RetryUntoldOptions } from './retry-untold.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const start: TurnEvent = { type: 'turn-start', model: 'claude-x', usage: noUsage };
const word = (text: string): TurnEvent => ({ type: 'text-delta', index: 0, text });
const end: TurnEvent = { type: 'turn-end', reason: 'end_turn' };
const failure = (options: Partial<GatewayErrorOptions> = {}) => new GatewayError('broken', { status: 503, ...options });

/** Each attempt tells its events, and fails unless they end. */
function run(attempts: readonly (readonly TurnEvent[])[], error: Error = failure(), options: Partial<RetryUntoldOptions> = {}) {
  let tries = 0;
  let left = 0;
  const stop = new AbortController();
  async function* attempt(): AsyncGenerator<TurnEvent> {
    const events = attempts[tries] ?? [];
    tries += 1;
    try {
      yield* events;
      if (events.at(-1)?.type !== 'turn-end') throw error;
    } finally {
      left += 1;
    }
  }
  const events = retryUntold(attempt, { isStreamed: false, maxRetries: 2, signal: stop.signal, logger: silentLogger, ...options });
  async function gather(): Promise<TurnEvent[]> {
    const gathered: TurnEvent[] = [];
    for await (const event of events) gathered.push(event);
    return gathered;
  }
  return { events, gather, stop, tries: () => tries, left: () => left };
}

const whole = [start, word('Good'), end];

test('an answer that is told whole is asked for again, and nothing of the broken one is told', async () => {
  const { gather, tries } = run([[start, word('Ba')], [start], whole]);
  const told = gather();
  await vi.runAllTimersAsync();
  expect(await told).toEqual(whole);
  expect(tries()).toBe(3);
});

test('one that is streamed only while nothing was told', async () => {
  const unseen = run([[start], whole], failure(), { isStreamed: true }).gather();
  await vi.runAllTimersAsync();
  expect(await unseen).toEqual(whole);
  const seen = run([[start, word('Ba')], whole], failure(), { isStreamed: true });
  await expect(seen.gather()).rejects.toThrow('broken');
  expect(seen.tries()).toBe(1);
});

test('what is streamed comes at once', async () => {
  const { events } = run([[start, word('a'), word('b'), end]], failure(), { isStreamed: true });
  const iterator = events[Symbol.asyncIterator]();
  const texts = [await iterator.next(), await iterator.next()].map(({ value }) => value as TurnEvent);
  expect(texts).toEqual([start, word('a')]);
});

test('not more often than it may be, and never where it may not', async () => {
  const often = run([[start], [start], [start], whole]);
  const told = often.gather();
  told.catch(() => {});
  await vi.runAllTimersAsync();
  await expect(told).rejects.toThrow('broken');
  expect(often.tries()).toBe(3);
  const never = run([[start], whole], failure(), { maxRetries: 0 });
  await expect(never.gather()).rejects.toThrow('broken');
});

test.each<[string, Error, readonly TurnEvent[]]>([
  ['failed before it began', failure(), []],
  ['is wrong', failure({ status: 400 }), [start]],
  ['took too long', failure({ status: 504 }), [start]],
  ['is not to be tried again', failure({ shouldRetry: false }), [start]],
  ['can not be tried again soon', failure({ status: 429, retryAfterSeconds: 60 }), [start]],
  ['failed for a reason of the server’s own', new TypeError('oops'), [start]],
])('a turn that %s is not tried again', async (_, error, events) => {
  const { gather, tries } = run([events, whole], error);
  await expect(gather()).rejects.toBe(error);
  expect(tries()).toBe(1);
});

test('who leaves in between is not waited for', async () => {
  const { gather, stop, tries } = run([[start], whole]);
  const told = gather();
  told.catch(() => {});
  await vi.advanceTimersByTimeAsync(1);
  stop.abort(new Error('left'));
  await expect(told).rejects.toThrow('left');
  expect(tries()).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('who leaves later stops the turn', async () => {
  const { events, left } = run([[start, word('a'), word('b'), end]], failure(), { isStreamed: true });
  for await (const event of events) if (event.type === 'text-delta') break;
  expect(left()).toBe(1);
});
