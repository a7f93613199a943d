import { describe, expect, test } from 'vitest';
import { GatewayError } from '../gateway-error.ts';
import type { Caller, CallerLimits } from '../ports/caller.ts';
import type { QuotaStore } from '../ports/quota-store.ts';
import { noUsage } from '../turn/usage.ts';
import { createQuotas, type TurnCost } from './create-quotas.ts';
import { createMemoryQuotaStore } from './create-memory-quota-store.ts';

const runner = { models: async () => [], costOf: (model: string) => (model === 'sonnet' ? 1 : undefined) };

function open(limits: CallerLimits | undefined, start = Date.UTC(2026, 10, 23, 12)) {
  let time = start;
  const now = (): number => time;
  const caller: Caller = { tenant: 'a', ...(limits !== undefined && { limits }) };
  const policy = createQuotas({ store: createMemoryQuotaStore({ now }), runner, now });
  return {
    policy,
    caller,
    admit: (who = caller) => policy.admitRequest(who),
    refusal: async (who = caller): Promise<GatewayError> => {
      const error: unknown = await policy.admitRequest(who).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (!GatewayError.isInstance(error)) throw new Error('It was admitted.');
      return error;
    },
    run: async (spent: Partial<TurnCost['usage']> & { costUsd?: number }, who = caller): Promise<void> => {
      const { costUsd, ...usage } = spent;
      const allowance = await policy.beginTurn(who, 'sonnet');
      await allowance.end({ usage: { ...noUsage, ...usage }, ...(costUsd !== undefined && { costUsd }) });
    },
    set: (year: number, month: number, day: number, hour = 0) => void (time = Date.UTC(year, month - 1, day, hour)),
    wait: (ms: number) => void (time += ms),
  };
}

test('a caller without limits is admitted without a look at the store', async () => {
  const store: QuotaStore = {
    take: () => Promise.reject(new Error('looked')),
    enter: () => Promise.reject(new Error('looked')),
  };
  const policy = createQuotas({ store });
  for (const limits of [undefined, {}]) {
    const caller: Caller = { tenant: '', ...(limits !== undefined && { limits }) };
    expect(await policy.admitRequest(caller)).toEqual({});
    await (await policy.beginTurn(caller, 'sonnet')).end({ usage: noUsage });
  }
});

describe('requests a minute', () => {
  test('are told in headers, as OpenAI’s and as Anthropic’s', async () => {
    const { admit, wait } = open({ requestsPerMinute: 60, tokensPerMinute: 1000 });
    const headers = {
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-limit-tokens': '1000',
      'x-ratelimit-remaining-tokens': '1000',
      'x-ratelimit-reset-tokens': '0ms',
      'anthropic-ratelimit-requests-limit': '60',
      'anthropic-ratelimit-requests-remaining': '59',
      'anthropic-ratelimit-requests-reset': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      'anthropic-ratelimit-tokens-limit': '1000',
      'anthropic-ratelimit-tokens-remaining': '1000',
      'anthropic-ratelimit-tokens-reset': expect.stringMatching(/Z$/),
    };
    expect(await admit()).toEqual(headers);
    wait(500);
    expect(await admit()).toMatchObject({ 'x-ratelimit-remaining-requests': '58', 'x-ratelimit-reset-requests': '1.5s' });
  });

  test('are refused when there are more, until the next is there', async () => {
    const { admit, refusal, wait } = open({ requestsPerMinute: 2 });
    await admit();
    await admit();
    expect(await refusal()).toMatchObject({
      status: 429,
      code: 'rate_limit_exceeded',
      retryAfterSeconds: 30,
      shouldRetry: undefined,
      message: 'Rate limit reached for your API key on requests per min (RPM): Limit 2, Used 2. Please try again in 30s.',
      headers: { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1m0s' },
    });
    wait(29_999);
    await refusal();
    wait(1);
    await admit();
    await refusal();
  });

  test('are each tenant’s own', async () => {
    const { admit, refusal } = open({ requestsPerMinute: 1 });
    await admit();
    await admit({ tenant: 'b', limits: { requestsPerMinute: 1 } });
    await refusal();
  });
});

describe('tokens a minute', () => {
  test('count all but those read from the prompt cache, when a turn has ended', async () => {
    const { admit, refusal, run, wait } = open({ tokensPerMinute: 100 });
    await run({
      inputTokens: 30,
      cacheWriteTokens: 20,
      cacheWriteHourTokens: 0,
      outputTokens: 40,
      reasoningTokens: 10,
      cacheReadTokens: 5000,
    });
    expect(await admit()).toMatchObject({ 'x-ratelimit-remaining-tokens': '10' });
    await run({ outputTokens: 60 });
    expect(await refusal()).toMatchObject({
      resource: 'tokens',
      code: 'rate_limit_exceeded',
      message: expect.stringContaining('Used 150'),
    });
    wait(30_000);
    await refusal();
    wait(1);
    await admit();
  });

  test('a request that is refused for them does not count as one', async () => {
    const { admit, refusal, run, wait } = open({ requestsPerMinute: 10, tokensPerMinute: 100 });
    await run({ inputTokens: 150 });
    const { headers } = await refusal();
    expect(headers['x-ratelimit-remaining-requests']).toBe('10');
    wait(30_001);
    expect(await admit()).toMatchObject({ 'x-ratelimit-remaining-requests': '9' });
  });
});

describe('a budget', () => {
  test.each([
    ['tokensPerDay', { inputTokens: 10 }, '10 tokens a day', '2026-11-24T00:00:00.000Z'],
    ['tokensPerMonth', { inputTokens: 10 }, '10 tokens a month', '2026-12-01T00:00:00.000Z'],
    ['usdPerDay', { costUsd: 10 }, '10 US dollars a day', '2026-11-24T00:00:00.000Z'],
    ['usdPerMonth', { costUsd: 10.5 }, '10 US dollars a month', '2026-12-01T00:00:00.000Z'],
  ] as const)('%s: who has used it up is told when it is renewed, and not to ask again before', async (limit, spent, words, end) => {
    const { admit, refusal, run } = open({ [limit]: 10 });
    await admit();
    await run(spent);
    const error = await refusal();
    expect(error).toMatchObject({ status: 429, code: 'insufficient_quota', shouldRetry: false });
    expect(error.message).toContain(words);
    expect(error.message).toContain(end);
    expect(error.retryAfterSeconds).toBe((Date.parse(end) - Date.UTC(2026, 10, 23, 12)) / 1000);
  });

  test('of a day is renewed at midnight UTC, of a month at its end', async () => {
    const day = open({ usdPerDay: 1 }, Date.UTC(2028, 1, 28, 23, 59));
    await day.run({ costUsd: 1 });
    await day.refusal();
    day.set(2028, 2, 29);
    await day.admit();
    const month = open({ usdPerMonth: 1 }, Date.UTC(2026, 11, 31, 23, 59));
    await month.run({ costUsd: 1 });
    await month.refusal();
    month.set(2027, 1, 1);
    await month.admit();
    month.set(2026, 12, 31, 23);
    await month.refusal();
  });

  test('of dollars counts nothing where the cost is not known', async () => {
    const { admit, run } = open({ usdPerDay: 1 });
    await run({ inputTokens: 1_000_000 });
    await admit();
  });

  test('that is used up is what is told, rather than a rate that comes back sooner', async () => {
    const { refusal, run } = open({ requestsPerMinute: 1, tokensPerMinute: 10, tokensPerDay: 10 });
    await run({ inputTokens: 20 });
    expect(await refusal()).toMatchObject({ code: 'insufficient_quota' });
  });
});

describe('turns at once', () => {
  test('are as many as the caller may have, and free again when one has ended', async () => {
    const { policy, caller } = open({ concurrentTurns: 2 });
    const [first] = [await policy.beginTurn(caller, 'sonnet'), await policy.beginTurn(caller, 'sonnet')];
    await expect(policy.beginTurn(caller, 'sonnet')).rejects.toMatchObject({
      status: 429,
      code: 'rate_limit_exceeded',
      retryAfterSeconds: 1,
    });
    await policy.beginTurn({ tenant: 'b', limits: { concurrentTurns: 1 } }, 'sonnet');
    await first.end({ usage: noUsage });
    await first.end({ usage: noUsage });
    await policy.beginTurn(caller, 'sonnet');
    await expect(policy.beginTurn(caller, 'sonnet')).rejects.toMatchObject({ status: 429 });
  });
});

test('a store that fails at the end of a turn is nobody’s error', async () => {
  const policy = createQuotas({
    store: { take: () => Promise.reject(new Error('gone')), enter: async () => () => Promise.reject(new Error('gone')) },
  });
  const allowance = await policy.beginTurn({ tenant: 'a', limits: { concurrentTurns: 1, tokensPerDay: 5 } }, 'sonnet');
  await allowance.end({ usage: { ...noUsage, inputTokens: 1 } });
});

describe('a model of which nobody knows what it costs', () => {
  const refused = { status: 400, code: 'model_price_unknown', param: 'model' };

  test.each([{ usdPerDay: 1 }, { usdPerMonth: 1 }])('is refused for %j', async (limits) => {
    const { policy, caller } = open(limits);
    await expect(policy.beginTurn(caller, 'claude-new')).rejects.toMatchObject(refused);
    await (await policy.beginTurn(caller, 'sonnet')).end({ usage: noUsage });
    const store = createMemoryQuotaStore();
    for (const nobody of [undefined, { models: async () => [] }]) {
      const blind = createQuotas({ store, ...(nobody !== undefined && { runner: nobody }) });
      await expect(blind.beginTurn(caller, 'sonnet')).rejects.toMatchObject(refused);
    }
  });

  test('is not for others', async () => {
    const { policy, caller } = open({ tokensPerDay: 1, concurrentTurns: 1 });
    await (await policy.beginTurn(caller, 'claude-new')).end({ usage: noUsage });
  });

  test('takes no place of the caller’s', async () => {
    const { policy, caller } = open({ usdPerDay: 1, concurrentTurns: 1 });
    await expect(policy.beginTurn(caller, 'claude-new')).rejects.toMatchObject(refused);
    await (await policy.beginTurn(caller, 'sonnet')).end({ usage: noUsage });
  });
});
