import { PerformanceObserver } from 'node:perf_hooks';
import type { RequestFacts, TurnFacts } from '@claude-code-api/gateway';
import { register } from 'prom-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createInsight, type InsightOptions, type NodeInsight } from './create-insight.ts';
import type { RunnerState } from '../runner/process/runner-insight.ts';
import type { Percentiles } from './stats.ts';

const chat = '/v1/chat/completions';
const startMs = 1_700_000_000_000;
const insights: NodeInsight[] = [];
const time = { unixMs: 0, monotonicMs: 0 };

beforeEach(() => {
  time.unixMs = startMs;
  time.monotonicMs = 123;
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  for (const insight of insights.splice(0)) insight.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function create(options: InsightOptions = {}): NodeInsight {
  const insight = createInsight({ now: () => time.unixMs, monotonicMs: () => time.monotonicMs, ...options });
  insights.push(insight);
  return insight;
}

async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    time.unixMs += 1000;
    time.monotonicMs += 1000;
    await vi.advanceTimersByTimeAsync(1000);
  }
}

const request = (facts: Partial<RequestFacts> = {}): RequestFacts => ({
  route: chat,
  method: 'POST',
  status: 200,
  outcome: 'ok',
  caller: 'anna',
  model: 'sonnet',
  streamed: false,
  durationMs: 1000,
  ...facts,
});

const turn = (facts: Partial<TurnFacts> = {}): TurnFacts => ({
  caller: 'anna',
  model: 'sonnet',
  outcome: 'ok',
  usage: { inputTokens: 10, cacheReadTokens: 100, cacheWriteTokens: 20, cacheWriteHourTokens: 0, outputTokens: 50, reasoningTokens: 5 },
  queuedMs: 0,
  ...facts,
});

const runnerState: RunnerState = {
  cliVersion: '2.1.330',
  processes: { idle: 2, starting: 1, live: 3, liveMemoryBytes: 700_000_000, liveMemoryKind: 'pss', all: 8 },
  circuit: 'half-open',
  isLoginRefused: true,
  mcpServers: { agent: { search: 'connected', files: 'failed' } },
};

const nothing: Percentiles = { p50: null, p90: null, p99: null };
const noTokens = { input: 0, cache_read: 0, cache_write: 0, output: 0, reasoning: 0 };

test('without anything that happened, there is nothing to tell', async () => {
  const stats = await create().stats();
  expect(stats).toMatchObject({ object: 'stats', started_at: startMs / 1000, uptime_seconds: 0, timeline: [] });
  expect(stats.now).toEqual({ turns: { running: 0, queued: 0 }, requests: [], limits: [], memory_bytes: expect.any(Number) });
  expect(stats.since_start).toEqual({
    requests: { total: 0, failed: 0, left: 0, by_route: {}, by_status: {}, by_model: {}, by_key: {} },
    tokens: { ...noTokens, by_model: {}, by_key: {} },
    cost_usd: 0,
    cost_usd_by_key: {},
    first_token_ms: nothing,
    duration_ms: nothing,
    queue_ms: nothing,
    cache: { hit: 0, miss: 0, shared: 0, bypass: 0 },
    cli: { processes_started: 0, processes_failed: 0, turns_retried: 0, tools_denied: 0 },
  });
  expect(stats.last_minutes).toEqual({ '1': stats.since_start, '5': stats.since_start, '15': stats.since_start });
});

test('all that was told is in the statistics', async () => {
  const insight = create();
  insight.requestEnded(request({ cache: 'miss', firstTokenMs: 400, streamed: true }));
  insight.requestEnded(request({ caller: 'bert', model: 'opus', profile: 'agent', cache: 'hit', durationMs: 3000 }));
  insight.requestEnded(request({ outcome: 'error', error: 'overloaded' }));
  insight.requestEnded(request({ outcome: 'left', status: 499, cache: 'shared' }));
  insight.requestEnded(request({ route: '/health', method: 'GET', model: undefined, caller: '', durationMs: 1 }));
  // A status says it too.
  insight.requestEnded(request({ route: 'unknown', method: 'BREW', status: 404, model: undefined, caller: '' }));
  insight.turnEnded(turn({ costUsd: 0.1, queuedMs: 20 }));
  insight.turnEnded(turn({ costUsd: 0.2, outcome: 'error' }));
  insight.turnEnded(turn({ caller: 'bert', model: 'opus', profile: 'agent', outcome: 'left' }));
  insight.processStarted();
  insight.processStarted();
  insight.processFailed('ended');
  insight.turnRetried('process');
  insight.turnRetried('upstream');
  insight.toolDenied('agent', 'Bash');

  const { since_start: stats, last_minutes: last } = await insight.stats();
  expect(stats.requests).toEqual({
    total: 6,
    failed: 2,
    left: 1,
    by_route: { [`POST ${chat}`]: 4, 'GET /health': 1, 'other unknown': 1 },
    by_status: { '200': 4, '499': 1, '404': 1 },
    by_model: { sonnet: 3, opus: 1 },
    by_key: { anna: 3, bert: 1, '': 2 },
  });
  const one = { input: 10, cache_read: 100, cache_write: 20, output: 50, reasoning: 5 };
  const two = { input: 20, cache_read: 200, cache_write: 40, output: 100, reasoning: 10 };
  const three = { input: 30, cache_read: 300, cache_write: 60, output: 150, reasoning: 15 };
  expect(stats.tokens).toEqual({ ...three, by_model: { sonnet: two, opus: one }, by_key: { anna: two, bert: one } });
  // 0.1 + 0.2 is not 0.3 by itself.
  expect([stats.cost_usd, stats.cost_usd_by_key]).toEqual([0.3, { anna: 0.3 }]);
  expect(stats.cache).toEqual({ hit: 1, miss: 1, shared: 1, bypass: 0 });
  expect(stats.cli).toEqual({ processes_started: 2, processes_failed: 1, turns_retried: 2, tools_denied: 1 });
  // Between the bounds of 250 and 400, 630 and 1000, 2500 and 4000 ms. The quick /health is not among them.
  expect(stats.first_token_ms).toEqual({ p50: 325, p90: 385, p99: 398.5 });
  expect(stats.duration_ms).toEqual({ p50: 876.667, p90: 3400, p99: 3940 });
  expect(stats.queue_ms).toEqual({ p50: 0.75, p90: 22.3, p99: 24.73 });
  expect(last['1']).toEqual(stats);
});

test('a window moves on', async () => {
  const insight = create();
  insight.requestEnded(request({ model: 'opus', durationMs: 100_000, firstTokenMs: 90_000 }));
  insight.turnEnded(turn({ model: 'opus', costUsd: 1 }));
  await pass(70);
  insight.requestEnded(request({ durationMs: 100 }));
  insight.turnEnded(turn({ costUsd: 0.5 }));
  const minutes = async () => {
    const { last_minutes: last, since_start: all } = await insight.stats();
    return [last['1'], last['5'], last['15'], all];
  };
  expect((await minutes()).map(({ requests }) => requests.total)).toEqual([1, 2, 2, 2]);
  const [minute] = await minutes();
  expect(minute!.requests.by_model).toEqual({ sonnet: 1 });
  expect(minute!.tokens.by_model).toEqual({ sonnet: expect.anything() });
  expect([minute!.cost_usd, minute!.cost_usd_by_key]).toEqual([0.5, { anna: 0.5 }]);
  // The slow one is no longer among them.
  expect(minute!.duration_ms.p99).toBeLessThanOrEqual(100);
  expect(minute!.first_token_ms).toEqual(nothing);

  await pass(70);
  expect((await minutes()).map(({ requests }) => requests.total)).toEqual([0, 2, 2, 2]);
  await pass(180);
  expect((await minutes()).map(({ requests }) => requests.total)).toEqual([0, 1, 2, 2]);
  await pass(660);
  const all = await minutes();
  expect(all.map(({ requests }) => requests.total)).toEqual([0, 0, 0, 2]);
  expect(all.map((window) => window.cost_usd)).toEqual([0, 0, 0, 1.5]);
});

test('a window is exact to five seconds', async () => {
  const insight = create();
  await pass(64);
  // At 4 seconds begins the minute; the nearest step is the one at the start.
  insight.requestEnded(request());
  expect((await insight.stats()).last_minutes['1'].requests.total).toBe(1);
  await pass(60);
  // 64 seconds, and the nearest step is at 60.
  expect((await insight.stats()).last_minutes['1'].requests.total).toBe(1);
  await pass(2);
  expect((await insight.stats()).last_minutes['1'].requests.total).toBe(0);
});

test('the timeline has a point for every ten seconds of the last 15 minutes', async () => {
  const insight = create();
  let running = 0;
  insight.watchGateway(() => ({ turns: { running, queued: running * 2 } }));
  await pass(10);
  running = 3;
  insight.watch(async () => runnerState);
  insight.requestEnded(request({ outcome: 'error', status: 500, durationMs: 1000 }));
  insight.requestEnded(request({ firstTokenMs: 1000 }));
  insight.turnEnded(turn({ costUsd: 0.25 }));
  await pass(10);
  const empty = { requests: 0, failed: 0, input_tokens: 0, output_tokens: 0, cost_usd: 0, first_token_ms: nothing, duration_ms: nothing };
  const { timeline, uptime_seconds: uptime } = await insight.stats();
  expect(uptime).toBe(20);
  expect(timeline).toEqual([
    { time: startMs / 1000 + 10, ...empty, running: 0, queued: 0, processes: 0, live_memory_bytes: 0 },
    {
      time: startMs / 1000 + 20,
      requests: 2,
      failed: 1,
      input_tokens: 130,
      output_tokens: 50,
      cost_usd: 0.25,
      first_token_ms: { p50: 815, p90: 963, p99: 996.3 },
      duration_ms: { p50: 815, p90: 963, p99: 996.3 },
      running: 3,
      queued: 6,
      processes: 8,
      live_memory_bytes: 700_000_000,
    },
  ]);
  await pass(1000);
  const later = (await insight.stats()).timeline;
  expect(later).toHaveLength(90);
  expect(later[0]).toMatchObject({ time: startMs / 1000 + 130, ...empty, running: 3 });
});

test('the gateway and the runner tell how they are', async () => {
  const insight = create();
  insight.watchGateway(() => ({ turns: { running: 2, queued: 5 } }));
  insight.watch(async () => runnerState);
  const { now } = await insight.stats();
  expect(now).toEqual({
    turns: { running: 2, queued: 5 },
    requests: [],
    limits: [],
    runner: {
      cli_version: '2.1.330',
      processes: { idle: 2, starting: 1, live: 3, live_memory_bytes: 700_000_000, live_memory_kind: 'pss', all: 8 },
      circuit: 'half-open',
      login_refused: true,
      mcp_servers: { agent: { search: 'connected', files: 'failed' } },
    },
    memory_bytes: expect.any(Number),
  });
  expect(now.memory_bytes).toBeGreaterThan(1e6);
});

test.each([86_400_000, -86_400_000])('a clock that is set by %d ms changes no window', async (jumpMs) => {
  const insight = create();
  insight.requestEnded(request());
  await pass(30);
  time.unixMs += jumpMs;
  insight.requestEnded(request({ durationMs: -jumpMs }));
  await pass(20);
  const stats = await insight.stats();
  expect(stats.uptime_seconds).toBe(50);
  expect(stats.started_at).toBe((startMs + jumpMs) / 1000);
  expect(stats.last_minutes['1'].requests.total).toBe(2);
  expect(stats.timeline.map((point) => point.time - stats.started_at)).toEqual([10, 20, 30, 40, 50]);
  await pass(60);
  expect((await insight.stats()).last_minutes['1'].requests.total).toBe(0);
});

test('numbers that are none count as nothing, and the rest is counted', async () => {
  const insight = create();
  insight.requestEnded(request({ durationMs: Number.NaN, firstTokenMs: -5 }));
  const usage = {
    inputTokens: -1,
    cacheReadTokens: Number.NaN,
    cacheWriteTokens: Infinity,
    cacheWriteHourTokens: 0,
    outputTokens: 3,
    reasoningTokens: 0,
  };
  insight.turnEnded(turn({ usage, costUsd: -1, queuedMs: Number.NaN }));
  const { since_start: stats } = await insight.stats();
  expect(stats.requests.total).toBe(1);
  expect(stats.tokens).toMatchObject({ ...noTokens, output: 3 });
  expect(stats.cost_usd).toBe(0);
  expect(stats.duration_ms.p99).toBeLessThanOrEqual(1);
});

test('nothing of it fails, whatever it is told', async () => {
  const insight = create();
  for (const facts of [undefined, null, {}, { usage: null }, { ...request(), route: 7, error: null }] as never[]) {
    insight.requestEnded(facts);
    insight.turnEnded(facts);
    insight.processFailed(facts);
    insight.turnRetried(facts);
    insight.toolDenied(facts, facts);
  }
  insight.watchGateway(() => {
    throw new Error('no');
  });
  insight.watch(() => {
    throw new Error('no');
  });
  await pass(10);
  insight.watch(async () => Promise.reject(new Error('no')));
  await pass(10);
  const { now, timeline } = await insight.stats();
  expect(now.turns).toEqual({ running: 0, queued: 0 });
  expect(now.runner).toBeUndefined();
  expect(timeline).toHaveLength(2);
  expect((await insight.metrics()).text).toContain('claude_code_api_turns_running 0');
});

test('a runner that does not answer is not waited for', async () => {
  const insight = create();
  insight.watch(() => new Promise(() => {}));
  insight.requestEnded(request());
  const answer = insight.stats();
  await pass(2);
  const stats = await answer;
  expect(stats.now.runner).toBeUndefined();
  expect(stats.since_start.requests.total).toBe(1);
  await pass(10);
  expect((await Promise.all([insight.stats(), pass(2)]))[0].timeline).toHaveLength(1);
});

test('however many names callers think of, 100 are told apart, and the sums are right', async () => {
  const insight = create();
  for (let at = 0; at < 250; at += 1) {
    insight.requestEnded(request({ model: `claude-${at}`, caller: `key ${at}`, route: `/v1/${at}` }));
    insight.turnEnded(turn({ model: `claude-${at}`, caller: `key ${at}`, costUsd: 0.001 }));
    insight.toolDenied('agent', `tool ${at}`);
  }
  const { since_start: stats } = await insight.stats();
  for (const counts of [stats.requests.by_model, stats.requests.by_key]) {
    expect(Object.keys(counts)).toHaveLength(101);
    expect(counts['other']).toBe(150);
  }
  expect(Object.keys(stats.requests.by_route)).toHaveLength(101);
  expect(Object.keys(stats.tokens.by_model)).toHaveLength(101);
  expect([stats.tokens.input, stats.tokens.by_model['other']!.input, stats.tokens.by_key['other']!.input]).toEqual([2500, 1500, 1500]);
  expect([stats.cost_usd, stats.cost_usd_by_key['other']]).toEqual([0.25, 0.15]);
  expect(stats.cli.tools_denied).toBe(250);
});

test('however they are combined, there are a bounded number of series', async () => {
  const insight = create();
  for (let at = 0; at < 10_000; at += 1) {
    const names = { model: `claude-${at % 100}`, caller: `key ${Math.floor(at / 100)}`, profile: `profile ${at % 7}` };
    insight.requestEnded(request({ ...names, status: 200 + (at % 3), route: `/v1/${at % 11}` }));
    insight.turnEnded(turn(names));
  }
  const { text } = await insight.metrics();
  const series = (name: string): number => text.split('\n').filter((line) => line.startsWith(`claude_code_api_${name}{`)).length;
  expect(series('requests_total')).toBeLessThanOrEqual(1003);
  expect(series('model_requests_total')).toBeLessThanOrEqual(1011);
  expect(series('turns_total')).toBe(1001);
  expect(series('tokens_total')).toBeLessThanOrEqual(5005);
  const { since_start: stats } = await insight.stats();
  expect(stats.requests.total).toBe(10_000);
  expect(stats.tokens.input).toBe(100_000);
  for (const counts of [stats.requests.by_model, stats.requests.by_key]) {
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(10_000);
  }
});

test('names that objects know already are names like others', async () => {
  const insight = create();
  for (const name of ['__proto__', 'constructor', 'toString']) {
    insight.requestEnded(request({ model: `claude-${name}`, caller: name }));
    insight.turnEnded(turn({ model: name, caller: name }));
  }
  await pass(10);
  const { since_start: stats } = await insight.stats();
  expect(Object.keys(stats.requests.by_key)).toEqual(['__proto__', 'constructor', 'toString']);
  expect(Object.keys(stats.tokens.by_key)).toEqual(['__proto__', 'constructor', 'toString']);
  expect(Object.keys((JSON.parse(JSON.stringify(stats)) as typeof stats).requests.by_key)).toHaveLength(3);
});

test('each has its own numbers, and closing leaves nothing behind', async () => {
  const observe = vi.spyOn(PerformanceObserver.prototype, 'observe');
  const one = create();
  const other = create();
  one.requestEnded(request());
  expect((await other.stats()).since_start.requests.total).toBe(0);
  expect(register.getMetricsAsArray()).toEqual([]);
  expect(vi.getTimerCount()).toBe(2);
  const read = vi.fn(async () => runnerState);
  one.watch(read);
  one.close();
  one.close();
  expect(vi.getTimerCount()).toBe(1);
  await pass(20);
  // What ends late is counted still.
  one.requestEnded(request());
  expect((await one.stats()).since_start.requests.total).toBe(2);
  await one.metrics();
  expect(vi.getTimerCount()).toBe(1);
  expect(read).not.toHaveBeenCalled();
  expect(observe).not.toHaveBeenCalled();
  observe.mockRestore();
});

test('the timer does not keep the process alive', () => {
  vi.useRealTimers();
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const insight = createInsight();
  expect(timers()).toBe(before);
  insight.close();
  vi.useFakeTimers();
});

test('brings the dashboard, under a policy that lets nothing but it run', () => {
  const { dashboard } = create();
  expect(dashboard?.html).toMatch(/^<!doctype html>/i);
  expect(dashboard?.policy).toMatch(/^default-src 'none'; style-src 'sha256-/);
});
