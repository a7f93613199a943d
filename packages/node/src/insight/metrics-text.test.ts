import type { RequestFacts } from '@claude-code-api/gateway';
import { afterEach, expect, test } from 'vitest';
import { ownVersion } from '../own-version.ts';
import { createInsight, type NodeInsight } from './create-insight.ts';

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Metric {
  readonly type: string;
  readonly samples: Sample[];
}

/** Reads Prometheus' text format, and takes nothing but what https://prometheus.io/docs/instrumenting/exposition_formats/ says. */
function parseMetrics(text: string): ReadonlyMap<string, Metric> {
  expect(text.endsWith('\n')).toBe(true);
  const metrics = new Map<string, Metric>();
  const series = new Set<string>();
  let helped: string | undefined;
  let current: { readonly name: string; readonly metric: Metric } | undefined;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const help = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (?:[^\\]|\\\\|\\n)+$/.exec(line);
    const type = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/.exec(line);
    if (help !== null) {
      expect(metrics.has(help[1]!), `${help[1]} comes once`).toBe(false);
      helped = help[1]!;
      current = undefined;
    } else if (type !== null) {
      expect(type[1]).toBe(helped);
      current = { name: type[1]!, metric: { type: type[2]!, samples: [] } };
      metrics.set(current.name, current.metric);
    } else {
      const sample = parseSample(line);
      expect(current, `${line} comes behind its type`).toBeDefined();
      const suffixes = current!.metric.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
      expect(suffixes.map((suffix) => current!.name + suffix)).toContain(sample.name);
      const id = [
        sample.name,
        ...Object.entries(sample.labels)
          .map((label) => JSON.stringify(label))
          .toSorted((one, other) => (one < other ? -1 : 1)),
      ].join();
      expect(series.has(id), `${line} comes once`).toBe(false);
      series.add(id);
      current!.metric.samples.push(sample);
    }
  }
  return metrics;
}

function parseSample(line: string): Sample {
  const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.+)\})? (\+Inf|-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/.exec(line);
  if (match === null) throw new Error(`This is no sample: ${line}`);
  const labels: Record<string, string> = {};
  let rest = match[2] ?? '';
  while (rest !== '') {
    const label = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,(?=.)|$)/.exec(rest);
    if (label === null) throw new Error(`These are no labels: ${rest}`);
    const name = label[1]!;
    expect(labels[name], `${name} comes once in ${line}`).toBeUndefined();
    labels[name] = label[2]!.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
    rest = rest.slice(label[0].length);
  }
  return { name: match[1]!, labels, value: match[3] === '+Inf' ? Infinity : Number(match[3]) };
}

/** Cumulative, and the last bucket has them all. */
function checkHistogram(name: string, { samples }: Metric): void {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { le, ...labels } = sample.labels;
    expect(le !== undefined).toBe(sample.name === `${name}_bucket`);
    const id = JSON.stringify(labels);
    groups.set(id, [...(groups.get(id) ?? []), sample]);
  }
  for (const group of groups.values()) {
    const buckets = group.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => (labels['le'] === '+Inf' ? Infinity : Number(labels['le'])));
    expect(bounds).toEqual(bounds.toSorted((one, other) => one - other));
    expect(bounds.at(-1)).toBe(Infinity);
    const counts = buckets.map(({ value }) => value);
    expect(counts).toEqual(counts.toSorted((one, other) => one - other));
    expect(group.filter((sample) => sample.name === `${name}_count`).map(({ value }) => value)).toEqual(counts.slice(-1));
    expect(group.filter((sample) => sample.name === `${name}_sum`)).toHaveLength(1);
  }
}

const insights: NodeInsight[] = [];
afterEach(() => {
  for (const insight of insights.splice(0)) insight.close();
});

const request: RequestFacts = {
  route: '/v1/chat/completions',
  method: 'POST',
  status: 200,
  outcome: 'ok',
  caller: 'anna',
  model: 'sonnet',
  profile: 'agent',
  streamed: true,
  cache: 'miss',
  firstTokenMs: 20,
  durationMs: 1500,
};
const usage = {
  inputTokens: 10,
  cacheReadTokens: 100,
  cacheWriteTokens: 20,
  cacheWriteHourTokens: 0,
  outputTokens: 50,
  reasoningTokens: 5,
};

/** An insight that was told of everything there is, twice. */
function createTold(): NodeInsight {
  const insight = createInsight();
  insights.push(insight);
  insight.watchGateway(() => ({ turns: { running: 4, queued: 7 } }));
  insight.watch(async () => ({
    cliVersion: '2.1.330',
    processes: { idle: 2, starting: 1, live: 3, liveMemoryBytes: 700, liveMemoryKind: 'pss', all: 8 },
    circuit: 'open',
    isLoginRefused: true,
    mcpServers: { agent: { search: 'connected', files: 'needs-auth' } },
    machines: {
      'http://10.0.0.1:8091': { status: 'ok', places: 10, running: 2, queued: 0, warm: 1, live: 3, load: 0.5 },
      'http://10.0.0.2:8091': { status: 'gone', places: 0, running: 0, queued: 0, warm: 0, live: 0, load: 0 },
    },
  }));
  insight.requestEnded(request);
  insight.requestEnded({ ...request, caller: 'bert', outcome: 'error', error: 'overloaded', durationMs: 1_000_000 });
  insight.requestEnded({ route: '/health', method: 'GET', status: 200, outcome: 'ok', caller: '', streamed: false, durationMs: 0.3 });
  const turn = { caller: 'anna', model: 'sonnet', profile: 'agent', outcome: 'ok', usage, costUsd: 0.125, queuedMs: 3 } as const;
  insight.turnEnded(turn);
  insight.turnEnded({ ...turn, caller: 'bert', outcome: 'left' });
  insight.processStarted();
  insight.processFailed('timeout');
  insight.turnRetried('upstream');
  insight.toolDenied('agent', 'Bash');
  return insight;
}

async function metricsOf(insight: NodeInsight): Promise<ReadonlyMap<string, Metric>> {
  return parseMetrics((await insight.metrics()).text);
}

/** The samples whose labels have these values. */
function pick(metrics: ReadonlyMap<string, Metric>, name: string, labels: Record<string, string> = {}): number[] {
  const metric = metrics.get(name) ?? metrics.get(name.replace(/_(?:bucket|sum|count)$/, ''));
  const fits = (sample: Sample): boolean => Object.entries(labels).every(([label, value]) => sample.labels[label] === value);
  return (metric?.samples ?? []).filter((sample) => sample.name === name && fits(sample)).map(({ value }) => value);
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

test('the text is what Prometheus reads', async () => {
  const insight = createTold();
  expect((await insight.metrics()).contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  const metrics = await metricsOf(insight);
  const histograms = [...metrics].filter(([, { type }]) => type === 'histogram');
  expect(histograms.map(([name]) => name)).toEqual([
    'claude_code_api_request_duration_seconds',
    'claude_code_api_first_token_seconds',
    'claude_code_api_queue_seconds',
  ]);
  for (const [name, metric] of histograms) checkHistogram(name, metric);
  for (const [name, { type, samples }] of metrics) {
    expect(name).toMatch(/^(?:claude_code_api|process|nodejs)_/);
    expect(type === 'counter').toBe(name.endsWith('_total'));
    expect(samples.length, `${name} has samples`).toBeGreaterThan(0);
  }
});

test('every number is where it belongs', async () => {
  const metrics = await metricsOf(createTold());
  const is = (name: string, labels: Record<string, string>, value: number): void =>
    expect(pick(metrics, `claude_code_api_${name}`, labels), name).toEqual([value]);
  is('requests_total', { route: '/v1/chat/completions', method: 'POST', status: '200', outcome: 'ok', key: 'anna' }, 1);
  is('requests_total', { outcome: 'error', key: 'bert' }, 1);
  is('requests_total', { route: '/health', method: 'GET', key: '' }, 1);
  is('model_requests_total', { route: '/v1/chat/completions', model: 'sonnet', profile: 'agent', streamed: 'true' }, 2);
  is('request_errors_total', { error: 'overloaded' }, 1);
  is('request_duration_seconds_count', { route: '/v1/chat/completions' }, 2);
  is('request_duration_seconds_sum', { route: '/v1/chat/completions' }, 1001.5);
  is('request_duration_seconds_bucket', { route: '/v1/chat/completions', le: '1' }, 0);
  is('request_duration_seconds_bucket', { route: '/v1/chat/completions', le: '1.6' }, 1);
  is('request_duration_seconds_bucket', { route: '/v1/chat/completions', le: '630' }, 1);
  is('request_duration_seconds_bucket', { route: '/v1/chat/completions', le: '+Inf' }, 2);
  is('first_token_seconds_sum', {}, 0.04);
  is('queue_seconds_bucket', { le: '0.0025' }, 0);
  is('queue_seconds_bucket', { le: '0.004' }, 2);
  is('turns_total', { model: 'sonnet', profile: 'agent', outcome: 'left', key: 'bert' }, 1);
  for (const [kind, tokens] of [
    ['input', 10],
    ['cache_read', 100],
    ['cache_write', 20],
    ['output', 50],
    ['reasoning', 5],
  ] as const) {
    is('tokens_total', { kind, model: 'sonnet', key: 'anna' }, tokens);
  }
  is('cost_usd_total', { model: 'sonnet', key: 'bert' }, 0.125);
  is('cache_total', { outcome: 'miss' }, 2);
  is('cache_total', { outcome: 'hit' }, 0);
  is('cli_processes_started_total', {}, 1);
  is('cli_processes_failed_total', { kind: 'timeout' }, 1);
  is('cli_processes_failed_total', { kind: 'start' }, 0);
  is('turns_retried_total', { reason: 'upstream' }, 1);
  is('turns_retried_total', { reason: 'process' }, 0);
  is('tools_denied_total', { profile: 'agent', tool: 'Bash' }, 1);
  is('turns_running', {}, 4);
  is('turns_queued', {}, 7);
  for (const [state, count] of [
    ['idle', 2],
    ['starting', 1],
    ['live', 3],
    ['busy', 2],
  ] as const)
    is('cli_processes', { state }, count);
  is('cli_live_memory_bytes', { kind: 'pss' }, 700);
  for (const [state, value] of [
    ['closed', 0],
    ['half-open', 0],
    ['open', 1],
  ] as const)
    is('circuit_state', { state }, value);
  is('mcp_server_up', { profile: 'agent', server: 'search' }, 1);
  is('mcp_server_up', { profile: 'agent', server: 'files' }, 0);
  is('build_info', { version: ownVersion(), cli_version: '2.1.330' }, 1);
});

test('the process tells of itself', async () => {
  const insight = createTold();
  const first = await metricsOf(insight);
  const second = await metricsOf(insight);
  for (const name of ['process_cpu_seconds_total', 'nodejs_eventloop_active_seconds_total']) {
    expect(pick(second, name)[0]).toBeGreaterThanOrEqual(pick(first, name)[0]!);
    expect(pick(first, name)[0]).toBeGreaterThan(0);
  }
  const [cpu] = pick(second, 'process_cpu_seconds_total');
  const { user, system } = process.cpuUsage();
  expect(cpu).toBeLessThanOrEqual((user + system) / 1e6);
  expect(pick(first, 'process_resident_memory_bytes')[0]).toBeGreaterThan(1e7);
  expect(pick(first, 'process_start_time_seconds')[0]).toBeGreaterThan(Date.now() / 1000 - process.uptime() - 5);
  expect(pick(first, 'process_open_fds').length).toBe(process.platform === 'linux' ? 1 : 0);
});

test('what is no longer so is no longer told', async () => {
  const insight = createTold();
  await insight.metrics();
  insight.watch(async () => ({
    cliVersion: '2.2.0',
    processes: { idle: 0, starting: 0, live: 0, liveMemoryBytes: 0, liveMemoryKind: 'pss', all: 0 },
    circuit: 'closed',
    isLoginRefused: false,
    mcpServers: {},
  }));
  const metrics = await metricsOf(insight);
  expect(pick(metrics, 'claude_code_api_mcp_server_up')).toEqual([]);
  expect(metrics.get('claude_code_api_build_info')!.samples.map(({ labels }) => labels['cli_version'])).toEqual(['2.2.0']);
  expect(pick(metrics, 'claude_code_api_circuit_state', { state: 'open' })).toEqual([0]);
  expect(pick(metrics, 'claude_code_api_login_refused')).toEqual([0]);
});

test('each machine is told by itself', async () => {
  const metrics = await metricsOf(createTold());
  expect(pick(metrics, 'claude_code_api_machine_up', { machine: 'http://10.0.0.1:8091' })).toEqual([1]);
  expect(pick(metrics, 'claude_code_api_machine_up', { machine: 'http://10.0.0.2:8091' })).toEqual([0]);
  expect(pick(metrics, 'claude_code_api_machine_turns', { machine: 'http://10.0.0.1:8091' })).toEqual([2, 0, 10]);
});

test('names of any kind leave the text readable', async () => {
  const insight = createTold();
  const names = [
    'claude-"quoted"',
    'claude-back\\slash',
    'claude-\nline',
    'claude-\ud800',
    'claude-\udbff',
    'claude-,model="x"} 1',
    'claude-}',
  ];
  for (const model of [...names, 'claude-\u{1f600}']) {
    insight.requestEnded({ ...request, model });
    insight.turnEnded({ caller: 'anna', model, outcome: 'ok', usage, costUsd: 1, queuedMs: 0 });
    insight.toolDenied(model, model);
  }
  const { text } = await insight.metrics();
  // As it comes out at the other end.
  const metrics = parseMetrics(new TextDecoder('utf-8', { fatal: true }).decode(new TextEncoder().encode(text)));
  expect(pick(metrics, 'claude_code_api_cost_usd_total', { model: 'claude-"quoted"' })).toEqual([1]);
  expect(pick(metrics, 'claude_code_api_cost_usd_total', { model: 'claude-back\\slash' })).toEqual([1]);
  expect(pick(metrics, 'claude_code_api_cost_usd_total', { model: 'claude-,model="x"} 1' })).toEqual([1]);
  expect(total(pick(metrics, 'claude_code_api_cost_usd_total'))).toBe(8.25);
});

test('the sums are those of the statistics', async () => {
  const insight = createTold();
  for (let at = 0; at < 500; at += 1) {
    const caller = `key ${at % 5}`;
    const model = `claude-${at % 130}`;
    const outcome = (['ok', 'error', 'left'] as const)[at % 3]!;
    insight.requestEnded({ ...request, caller, model, outcome, cache: (['hit', 'shared'] as const)[at % 2]!, durationMs: at * 7 });
    insight.turnEnded({ caller, model, outcome, usage: { ...usage, outputTokens: at }, costUsd: at / 64, queuedMs: at });
  }
  const metrics = await metricsOf(insight);
  const { since_start: stats } = await insight.stats();
  const sum = (name: string, labels: Record<string, string> = {}): number => total(pick(metrics, `claude_code_api_${name}`, labels));
  expect(stats.requests).toMatchObject({
    total: sum('requests_total'),
    failed: sum('requests_total', { outcome: 'error' }),
    left: sum('requests_total', { outcome: 'left' }),
  });
  expect(stats.requests.total).toBe(sum('request_duration_seconds_count'));
  for (const [model, count] of Object.entries(stats.requests.by_model)) expect(count).toBe(sum('model_requests_total', { model }));
  for (const [key, count] of Object.entries(stats.requests.by_key)) expect(count).toBe(sum('requests_total', { key }));
  for (const kind of ['input', 'cache_read', 'cache_write', 'output', 'reasoning'] as const) {
    expect(stats.tokens[kind]).toBe(sum('tokens_total', { kind }));
    for (const [key, counts] of Object.entries(stats.tokens.by_key)) expect(counts[kind]).toBe(sum('tokens_total', { kind, key }));
    for (const [model, counts] of Object.entries(stats.tokens.by_model)) expect(counts[kind]).toBe(sum('tokens_total', { kind, model }));
  }
  expect(stats.cost_usd).toBe(sum('cost_usd_total'));
  for (const [outcome, count] of Object.entries(stats.cache)) expect(count).toBe(sum('cache_total', { outcome }));
  expect(stats.cli).toEqual({
    processes_started: sum('cli_processes_started_total'),
    processes_failed: sum('cli_processes_failed_total'),
    turns_retried: sum('turns_retried_total'),
    tools_denied: sum('tools_denied_total'),
  });
});
