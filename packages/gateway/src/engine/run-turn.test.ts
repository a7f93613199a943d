import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { GatewayError } from '../gateway-error.ts';
import { newRequestRecord, type RequestContext } from './request-context.ts';
import type { Quotas } from '../quotas/create-quotas.ts';
import type { Caller } from '../ports/caller.ts';
import type { ClaudeRunner } from '../ports/claude-runner.ts';
import type { Insight, TurnFacts } from '../ports/insight.ts';
import { silentLogger } from '../ports/logger.ts';
import { createScriptedRunner, type Script } from '../testing/create-scripted-runner.ts';
import { withoutBlocks } from '../testing/script-blocks.ts';
import { plainTurn as turn } from '../testing/sample-turns.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import { turnTimedOut } from '../turn/turn-timed-out.ts';
import type { Turn } from '../turn/turn.ts';
import { noUsage, type Usage } from '../turn/usage.ts';
import { runTurn, type RunTurnContext } from './run-turn.ts';
import { createTurnLimiter } from './turn-limiter.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp(script?: Script) {
  const runner = createScriptedRunner(script === undefined ? {} : { script });
  const limiter = createTurnLimiter({ maxConcurrent: 1, maxQueued: 1, queueTimeoutMs: 60_000 });
  const context: RunTurnContext = { runner, limiter, quotas: undefined, insight: undefined, logContent: false };
  return { runner, limiter, context };
}

function requestOf(caller: Caller = { tenant: '' }): RequestContext {
  return {
    id: 'req_1',
    logger: silentLogger,
    caller,
    record: newRequestRecord(),
    hold: () => {},
  };
}
const request = requestOf();

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
  const events = await gather(runTurn(turn, context, request, new AbortController().signal));
  expect(withoutBlocks(events).map(({ type }) => type)).toEqual(['turn-start', 'text-delta', 'text-delta', 'usage', 'turn-end']);
  expect(limiter.state().running).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('the time in the queue is not the turn’s', async () => {
  const { context, limiter } = setUp();
  const release = await limiter.acquire('', new AbortController().signal);
  const events = gather(runTurn(turn, context, request, new AbortController().signal));
  await vi.advanceTimersByTimeAsync(10_000);
  release();
  expect(withoutBlocks(await events)).toHaveLength(5);
});

test('an abort reaches the runner with its reason, and gives the place back', async () => {
  const { context, limiter } = setUp(stalling);
  const caller = new AbortController();
  const reason = new Error('gone');
  const failing = failureOf(runTurn(turn, context, request, caller.signal));
  await vi.advanceTimersByTimeAsync(10);
  caller.abort(reason);
  expect(await failing).toBe(reason);
  expect(limiter.state().running).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('a caller who leaves in the very moment of the admission is not served', async () => {
  const { context, limiter, runner } = setUp();
  const release = await limiter.acquire('', new AbortController().signal);
  const caller = new AbortController();
  const reason = new Error('gone');
  const failing = failureOf(runTurn(turn, context, request, caller.signal));
  await vi.advanceTimersByTimeAsync(0);
  release();
  caller.abort(reason);
  expect(await failing).toBe(reason);
  expect(runner.turns).toHaveLength(0);
  expect(limiter.state()).toEqual({ running: 0, queued: 0 });
});

test('leaving the iteration gives the place back and clears the timer', async () => {
  const { context, limiter } = setUp();
  for await (const event of runTurn(turn, context, request, new AbortController().signal)) if (event.type === 'text-delta') break;
  expect(limiter.state().running).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('what the runner throws is thrown, and the place given back', async () => {
  const thrown = new Error('broken');
  const { context, limiter } = setUp(() => {
    throw thrown;
  });
  await expect(gather(runTurn(turn, context, request, new AbortController().signal))).rejects.toBe(thrown);
  expect(limiter.state().running).toBe(0);
});

describe('the place is given back too', () => {
  const thrown = new Error('broken');
  const never = { next: () => Promise.reject(thrown) };
  const iterators: [string, AsyncIterator<TurnEvent>][] = [
    ['rejects', never],
    [
      'throws at once',
      {
        next() {
          throw thrown;
        },
      },
    ],
    [
      'throws at once behind an event',
      {
        next() {
          this.next = () => {
            throw thrown;
          };
          return Promise.resolve({ done: false, value: { type: 'turn-start', model: 'm', usage: noUsage } });
        },
      },
    ],
  ];

  test.each(iterators)('by a runner of one’s own whose iterator %s', async (_, iterator) => {
    const { context, limiter, runner } = setUp();
    const own: ClaudeRunner = { ...runner, run: () => ({ [Symbol.asyncIterator]: () => iterator }) };
    await expect(gather(runTurn(turn, { ...context, runner: own }, request, new AbortController().signal))).rejects.toBe(thrown);
    expect(limiter.state().running).toBe(0);
  });

  test.each(['turn-start', 'turn-end'] as const)('where what follows the turn fails at its %s', async (type) => {
    const { context, limiter } = setUp();
    const followed: RequestContext = {
      ...request,
      trace: {
        turnBegan: () => ({
          turn,
          told(event) {
            if (event.type === type) throw thrown;
          },
          ended: () => {},
        }),
        ended: () => {},
      },
    };
    await expect(gather(runTurn(turn, context, followed, new AbortController().signal))).rejects.toBe(thrown);
    expect(limiter.state().running).toBe(0);
  });
});

describe('a turn that nobody waits for', () => {
  const caller: Caller = { tenant: 'a', limits: { concurrentTurns: 1 } };
  const busy = (status = 429): GatewayError => new GatewayError('All are taken.', { status, code: 'rate_limit_exceeded' });

  function asked() {
    const begun: number[] = [];
    return { begun, request: { ...requestOf(caller), background: { begun: () => void begun.push(Date.now()) } } };
  }

  test('waits while its caller has all of their places on other servers, and holds none meanwhile', async () => {
    const { context, limiter } = setUp();
    let refusals = 3;
    const ended: unknown[] = [];
    const quotas: Quotas = {
      admitRequest: async () => ({}),
      beginTurn: async () => {
        if ((refusals -= 1) >= 0) throw busy();
        return { end: async (spent) => void ended.push(spent) };
      },
    };
    const { begun, request: patient } = asked();
    const events = gather(runTurn(turn, { ...context, quotas }, patient, new AbortController().signal));
    await vi.advanceTimersByTimeAsync(2500);
    expect([begun.length, limiter.state()]).toEqual([0, { running: 0, queued: 0 }]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(withoutBlocks(await events)).toHaveLength(5);
    expect([begun.length, ended.length, limiter.state().running]).toEqual([1, 1, 0]);
  });

  test('is told what no wait mends, and can be stopped while it waits', async () => {
    const { context, limiter, runner } = setUp();
    const refuse = (error: GatewayError): Quotas => ({
      admitRequest: async () => ({}),
      beginTurn: async () => {
        throw error;
      },
    });
    const { begun, request: patient } = asked();
    const wrong = busy(400);
    expect(await failureOf(runTurn(turn, { ...context, quotas: refuse(wrong) }, patient, new AbortController().signal))).toBe(wrong);
    const stopping = new AbortController();
    const failing = failureOf(runTurn(turn, { ...context, quotas: refuse(busy()) }, patient, stopping.signal));
    await vi.advanceTimersByTimeAsync(1500);
    const reason = new Error('stopped');
    stopping.abort(reason);
    expect(await failing).toBe(reason);
    expect([begun, runner.turns, limiter.state(), vi.getTimerCount()]).toEqual([[], [], { running: 0, queued: 0 }, 0]);
  });
});

describe('what a turn spends', () => {
  const usage = { inputTokens: 10, cacheReadTokens: 3, cacheWriteTokens: 4, cacheWriteHourTokens: 0, outputTokens: 5, reasoningTokens: 1 };
  const started = { ...usage, outputTokens: 1, reasoningTokens: 0 };
  const caller: Caller = { tenant: 'a', name: 'alice', limits: { tokensPerDay: 1 } };

  /** Notes in their order what is told to whom. */
  function counting(script: Script) {
    const told: unknown[] = [];
    const quotas: Quotas = {
      admitRequest: async () => ({}),
      beginTurn: async ({ tenant }) => {
        told.push(['begin', tenant]);
        return { end: async (spent) => void told.push(['spent', spent]) };
      },
    };
    const facts: TurnFacts[] = [];
    const insight: Insight = {
      requestEnded: () => {},
      turnEnded: (each) => void facts.push(each),
      watchGateway: () => {},
      stats: async () => ({}),
      metrics: async () => ({ contentType: '', text: '' }),
    };
    const { limiter, runner: scripted } = setUp(script);
    const costOf = (model: string, { outputTokens }: Usage): number | undefined => (model === 'claude-x' ? outputTokens : undefined);
    const runner = { ...scripted, costOf };
    return { told, facts, limiter, context: { runner, limiter, quotas, insight, logContent: false } };
  }

  async function* whole(): AsyncGenerator<TurnEvent> {
    yield { type: 'turn-start', model: 'claude-x', usage: started };
    yield { type: 'text-delta', index: 0, text: 'Hello' };
    yield { type: 'usage', usage, costUsd: 0.5 };
    yield { type: 'turn-end', reason: 'end_turn' };
  }

  test('is counted before its end is told', async () => {
    const { told, facts, context } = counting(whole);
    const asked = requestOf(caller);
    for await (const event of runTurn(turn, context, asked, new AbortController().signal)) {
      if (event.type === 'turn-end') told.push('end');
    }
    expect(told).toEqual([['begin', 'a'], ['spent', { usage, costUsd: 0.5 }], 'end']);
    expect(facts).toEqual([
      { caller: 'alice', model: 'sonnet', profile: undefined, outcome: 'ok', usage, costUsd: 0.5, queuedMs: expect.any(Number) },
    ]);
    expect(asked.record).toMatchObject({ usage, costUsd: 0.5, firstTokenAt: expect.any(Number) });
  });

  test('is added up over the turns of a request', async () => {
    const { context } = counting(whole);
    const asked = requestOf(caller);
    await gather(runTurn(turn, context, asked, new AbortController().signal));
    await gather(runTurn(turn, context, asked, new AbortController().signal));
    expect(asked.record).toMatchObject({ usage: { inputTokens: 20, outputTokens: 10 }, costUsd: 1 });
  });

  test.each([
    ['left by an abort', 'left'],
    ['left by leaving the iteration', 'left'],
    ['failed', 'error'],
  ] as const)('is estimated from what was said, of a turn that %s', async (how, outcome) => {
    const { told, facts, context, limiter } = counting(async function* () {
      yield { type: 'turn-start', model: 'claude-x', usage: started };
      yield { type: 'text-delta', index: 0, text: 'x'.repeat(400) };
      if (how === 'failed') throw new Error('broken');
      await new Promise(() => {});
    });
    const leaving = new AbortController();
    const reading = failureOf(
      (async function* () {
        for await (const event of runTurn(turn, context, requestOf(caller), leaving.signal)) {
          if (event.type === 'text-delta' && how === 'left by an abort') leaving.abort(new Error('gone'));
          if (event.type === 'text-delta' && how === 'left by leaving the iteration') return;
          yield event;
        }
      })(),
    );
    await reading;
    expect(told.slice(1)).toEqual([['spent', { usage: { ...started, outputTokens: 100 }, costUsd: 100 }]]);
    expect(facts).toMatchObject([{ outcome, usage: { inputTokens: 10, outputTokens: 100 }, costUsd: 100 }]);
    expect(limiter.state().running).toBe(0);
  });

  const input = { ...noUsage, inputTokens: 101 };
  const long: Turn = {
    ...turn,
    model: 'claude-x',
    system: [{ type: 'text', text: 'x'.repeat(400) }],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  };

  async function leave(script: Script, how: 'left' | 'late' = 'left') {
    const set = counting(script);
    const leaving = new AbortController();
    const reading = failureOf(runTurn(long, set.context, requestOf(caller), leaving.signal));
    await vi.advanceTimersByTimeAsync(10);
    if (how === 'left') leaving.abort(new Error('gone'));
    await reading;
    return set;
  }

  async function* silent(): AsyncGenerator<TurnEvent> {
    await new Promise(() => {});
    yield { type: 'text-delta', index: 0, text: '' };
  }

  test('is the estimated input, of a turn that is left before the model has begun', async () => {
    const { told, facts } = await leave(silent);
    expect(told.slice(1)).toEqual([['spent', { usage: input, costUsd: 0 }]]);
    expect(facts).toMatchObject([{ outcome: 'left', usage: input }]);
  });

  test('is that too, of one whose time is over, and of one whose start told no input', async () => {
    const late = await leave(() => {
      throw turnTimedOut(1000);
    }, 'late');
    expect(late.told.slice(1)).toEqual([['spent', { usage: input, costUsd: 0 }]]);
    const { told } = await leave(async function* () {
      yield { type: 'turn-start', model: 'claude-x', usage: noUsage };
      yield { type: 'text-delta', index: 0, text: 'x'.repeat(40) };
      await new Promise(() => {});
    });
    expect(told.slice(1)).toEqual([['spent', { usage: { ...input, outputTokens: 10 }, costUsd: 10 }]]);
  });

  test('is nothing, of a turn that was never sent, and of one that the API refused', async () => {
    const { context, told } = counting(silent);
    const leaving = new AbortController();
    const runner: ClaudeRunner = { ...context.runner, run: (each, signal) => context.runner.run(each, signal) };
    const reading = failureOf(runTurn(long, { ...context, runner }, requestOf(caller), leaving.signal));
    await vi.advanceTimersByTimeAsync(10);
    leaving.abort();
    await reading;
    expect(told.slice(1)).toEqual([['spent', { usage: noUsage }]]);
    const refused = await leave(() => {
      throw new GatewayError('no', { status: 429 });
    }, 'late');
    expect(refused.told.slice(1)).toEqual([['spent', { usage: noUsage }]]);
  });

  test('is what the runner has told of earlier steps, and what was said since', async () => {
    const { context, told } = counting(silent);
    const runner: ClaudeRunner = {
      ...context.runner,
      async *run(_turn, signal, spending) {
        spending?.sent();
        spending?.used({ ...usage, outputTokens: 50 }, 7);
        yield { type: 'turn-start', model: 'claude-x', usage: started };
        yield { type: 'text-delta', index: 0, text: 'x'.repeat(240) };
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    };
    const leaving = new AbortController();
    const reading = failureOf(runTurn(long, { ...context, runner }, requestOf(caller), leaving.signal));
    await vi.advanceTimersByTimeAsync(10);
    leaving.abort(new Error('gone'));
    await reading;
    expect(told.slice(1)).toEqual([['spent', { usage: { ...usage, outputTokens: 60 }, costUsd: 17 }]]);
  });

  test('is priced as the model that was asked for, where nobody knows what the one that answers costs', async () => {
    const { context, told } = counting(function* () {
      yield { type: 'turn-start', model: 'claude-newer', usage: started };
      yield { type: 'usage', usage };
      yield { type: 'turn-end', reason: 'end_turn' };
    });
    await gather(runTurn(long, context, requestOf(caller), new AbortController().signal));
    expect(told.slice(1)).toEqual([['spent', { usage, costUsd: 5 }]]);
  });

  test('is nothing, of a turn that was refused a place, and the allowance is given back', async () => {
    const { told, facts, context, limiter } = counting(whole);
    await limiter.acquire('b', new AbortController().signal);
    void limiter.acquire('b', new AbortController().signal).catch(() => {});
    await limiter.acquire('c', new AbortController().signal).catch(() => {});
    const refused = await failureOf(runTurn(turn, context, requestOf(caller), new AbortController().signal));
    expect(refused).toMatchObject({ status: 429 });
    expect(told).toEqual([
      ['begin', 'a'],
      ['spent', { usage: noUsage }],
    ]);
    expect(facts).toEqual([]);
  });

  test('a caller over its limits does not wait for a place', async () => {
    const { context, limiter } = counting(whole);
    const refusal = new Error('over');
    const quotas: Quotas = { admitRequest: async () => ({}), beginTurn: () => Promise.reject(refusal) };
    expect(await failureOf(runTurn(turn, { ...context, quotas }, requestOf(caller), new AbortController().signal))).toBe(refusal);
    expect(limiter.state()).toEqual({ running: 0, queued: 0 });
  });

  test('prompts and answers are written to the log only where that is turned on', async () => {
    const { context } = counting(whole);
    const lines: unknown[] = [];
    const logger = { ...silentLogger, info: (fields: object, message: string) => void lines.push([message, fields]) };
    await gather(runTurn(turn, context, { ...requestOf(), logger }, new AbortController().signal));
    expect(lines).toEqual([]);
    await gather(runTurn(turn, { ...context, logContent: true }, { ...requestOf(), logger }, new AbortController().signal));
    expect(lines).toEqual([['turn', { system: [], messages: turn.messages, answer: 'Hello' }]]);
  });
});
