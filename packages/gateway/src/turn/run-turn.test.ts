import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createScriptedRunner, type Script } from '../testing/create-scripted-runner.ts';
import { runTurn } from './run-turn.ts';
import { createTurnLimiter } from './turn-limiter.ts';
import type { TurnEvent } from './turn-event.ts';
import type { Turn } from './turn.ts';
import { noUsage } from './usage.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const turn: Turn = {
  model: 'sonnet',
  system: '',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  tools: [],
  sampling: {},
  thinking: { type: 'off' },
  tenant: '',
};

function setUp(script?: Script) {
  const runner = createScriptedRunner(script === undefined ? {} : { script });
  const limiter = createTurnLimiter({ maxConcurrent: 1, maxQueued: 1, queueTimeoutMs: 60_000 });
  return { runner, limiter, context: { runner, limiter } };
}

async function gather(events: AsyncIterable<TurnEvent>): Promise<TurnEvent[]> {
  const gathered: TurnEvent[] = [];
  for await (const event of events) gathered.push(event);
  return gathered;
}

/** What a turn fails with. */
async function failureOf(events: AsyncIterable<TurnEvent>): Promise<unknown> {
  return gather(events).then(
    () => new Error('The turn has ended well.'),
    (error: unknown) => error,
  );
}

async function* stalling(): AsyncGenerator<TurnEvent> {
  yield { type: 'turn-start', model: 'claude-x', usage: noUsage };
  await new Promise(() => {});
}

test('gives what the runner gives, and the place back', async () => {
  const { context, limiter } = setUp();
  const events = await gather(runTurn(turn, context, new AbortController().signal));
  expect(events.map(({ type }) => type)).toEqual(['turn-start', 'text-delta', 'text-delta', 'usage', 'turn-end']);
  expect(limiter.state().running).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('the time in the queue is not the turn’s', async () => {
  const { context, limiter } = setUp();
  const release = await limiter.acquire(new AbortController().signal);
  const events = gather(runTurn(turn, context, new AbortController().signal));
  await vi.advanceTimersByTimeAsync(10_000);
  release();
  expect(await events).toHaveLength(5);
});

test('an abort reaches the runner with its reason, and gives the place back', async () => {
  const { context, limiter } = setUp(stalling);
  const caller = new AbortController();
  const reason = new Error('gone');
  const failing = failureOf(runTurn(turn, context, caller.signal));
  await vi.advanceTimersByTimeAsync(10);
  caller.abort(reason);
  expect(await failing).toBe(reason);
  expect(limiter.state().running).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('a caller who leaves in the very moment of the admission is not served', async () => {
  const { context, limiter, runner } = setUp();
  const release = await limiter.acquire(new AbortController().signal);
  const caller = new AbortController();
  const reason = new Error('gone');
  const failing = failureOf(runTurn(turn, context, caller.signal));
  await vi.advanceTimersByTimeAsync(0);
  release();
  caller.abort(reason);
  expect(await failing).toBe(reason);
  expect(runner.turns).toHaveLength(0);
  expect(limiter.state()).toEqual({ running: 0, queued: 0 });
});

test('leaving the iteration gives the place back and clears the timer', async () => {
  const { context, limiter } = setUp();
  for await (const event of runTurn(turn, context, new AbortController().signal)) if (event.type === 'text-delta') break;
  expect(limiter.state().running).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('what the runner throws is thrown, and the place given back', async () => {
  const thrown = new Error('broken');
  const { context, limiter } = setUp(() => {
    throw thrown;
  });
  await expect(gather(runTurn(turn, context, new AbortController().signal))).rejects.toBe(thrown);
  expect(limiter.state().running).toBe(0);
});
