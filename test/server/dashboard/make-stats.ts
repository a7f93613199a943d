import type { Percentiles, Stats, StatsWindow, TimelinePoint, TokenCounts } from '../../../packages/node/src/insight/stats.ts';

/** 14 March 2026, 09:26:50 UTC. */
export const endOfTimeline = 1_773_480_410;

/** Statistics of a server that has been busy for a while. Every window differs from the others. */
export function makeStats(changes: Partial<Stats> = {}): Stats {
  return {
    object: 'stats',
    started_at: endOfTimeline - 273_900,
    uptime_seconds: 273_900,
    since_start: makeWindow(1),
    last_minutes: { '15': makeWindow(0.1), '5': makeWindow(0.03), '1': makeWindow(0.006) },
    now: {
      turns: { running: 4, queued: 2 },
      requests: ['req_a1', 'my-own-id'].map((name, index) => ({
        ...{ id: `run-${index}`, request_id: name, route: '/v1/chat/completions', key: index === 0 ? 'alice' : '' },
        ...{ model: 'sonnet', profile: index === 0 ? 'research' : '', streamed: true, running_ms: 12_000 * (index + 1) },
      })),
      limits: [
        { key: 'alice', name: 'tokens_per_day', limit: 500_000, left: 20_000, full_in_ms: 7_200_000 },
        { key: 'alice', name: 'requests_per_minute', limit: 60, left: 60, full_in_ms: 0 },
        { key: 'night-jobs', name: 'usd_per_month', limit: 100, left: -1.5, full_in_ms: 1_814_400_000 },
      ],
      runner: {
        cli_version: '2.1.330',
        processes: { idle: 2, starting: 1, live: 6, live_memory_bytes: 1_272_000_000, live_memory_kind: 'pss', all: 13 },
        circuit: 'closed',
        login_refused: false,
        mcp_servers: { research: { github: 'connected', search: 'connected' }, default: { files: 'connected' } },
      },
      memory_bytes: 129_400_000,
    },
    timeline: Array.from({ length: 90 }, (_, index) => makePoint(index)),
    ...changes,
  };
}

export function makeWindow(part: number): StatsWindow {
  const many = (count: number): number => Math.round(count * part);
  return {
    requests: {
      total: many(18_412),
      failed: many(227),
      left: many(96),
      by_route: {
        'POST /v1/chat/completions': many(16_904),
        'GET /v1/models': many(812),
        'GET /v1/conversations/:id': many(431),
        'GET /health': many(265),
      },
      by_status: { '200': many(18_089), '429': many(141), '400': many(66), '499': many(96), '502': many(20) },
      by_model: { sonnet: many(11_240), opus: many(3_105), haiku: many(2_381), 'research/sonnet': many(178) },
      by_key: { 'web-app': many(9_377), 'night-jobs': many(6_120), alice: many(2_240), '': many(675) },
    },
    tokens: {
      ...makeTokens(many(31_905_112)),
      by_model: {
        sonnet: makeTokens(many(20_113_402)),
        opus: makeTokens(many(7_420_911)),
        haiku: makeTokens(many(3_910_002)),
        'research/sonnet': makeTokens(many(460_797)),
      },
      by_key: {
        'web-app': makeTokens(many(15_230_111)),
        'night-jobs': makeTokens(many(12_014_551)),
        alice: makeTokens(many(3_904_260)),
        '': makeTokens(many(756_190)),
      },
    },
    cost_usd: 214.3718 * part,
    cost_usd_by_key: { 'web-app': 101.22 * part, 'night-jobs': 84.1 * part, alice: 24.0318 * part, '': 5.02 * part },
    first_token_ms: { p50: 612 + 100 * part, p90: 1480 + 100 * part, p99: 4120 + 100 * part },
    duration_ms: { p50: 3410 + 100 * part, p90: 11_900 + 100 * part, p99: 48_200 + 100 * part },
    queue_ms: { p50: 0, p90: 38 + 10 * part, p99: 2210 + 10 * part },
    cache: { hit: many(1204), miss: many(2260), shared: many(61), bypass: many(14_887) },
    cli: { processes_started: many(912), processes_failed: many(3), turns_retried: many(18), tools_denied: many(44) },
  };
}

const noPercentiles: Percentiles = { p50: null, p90: null, p99: null };
const noTokens: TokenCounts = { input: 0, cache_read: 0, cache_write: 0, output: 0, reasoning: 0 };

/** A window in which nothing happened. */
export const emptyWindow: StatsWindow = {
  requests: { total: 0, failed: 0, left: 0, by_route: {}, by_status: {}, by_model: {}, by_key: {} },
  tokens: { ...noTokens, by_model: {}, by_key: {} },
  cost_usd: 0,
  cost_usd_by_key: {},
  first_token_ms: noPercentiles,
  duration_ms: noPercentiles,
  queue_ms: noPercentiles,
  cache: { hit: 0, miss: 0, shared: 0, bypass: 0 },
  cli: { processes_started: 0, processes_failed: 0, turns_retried: 0, tools_denied: 0 },
};

/** Statistics of a server that has just started, and runs no CLI. */
export function makeEmptyStats(): Stats {
  return {
    object: 'stats',
    started_at: endOfTimeline - 3,
    uptime_seconds: 3,
    since_start: emptyWindow,
    last_minutes: { '1': emptyWindow, '5': emptyWindow, '15': emptyWindow },
    now: { turns: { running: 0, queued: 0 }, requests: [], limits: [], memory_bytes: 71_000_000 },
    timeline: [],
  };
}

/** A step in which nothing happened. */
export function makeQuietPoint(time: number): TimelinePoint {
  return {
    time,
    requests: 0,
    failed: 0,
    input_tokens: 0,
    output_tokens: 0,
    cost_usd: 0,
    first_token_ms: noPercentiles,
    duration_ms: noPercentiles,
    running: 0,
    queued: 0,
    processes: 0,
    live_memory_bytes: 0,
  };
}

/** One of 90 steps: a slow swell, a rough surface, and a short bad time near the end. Nothing happens in steps 30 to 32, and in 50. */
function makePoint(index: number): TimelinePoint {
  const rough = (noise(index) + noise(index + 1)) / 2;
  const swell = 0.6 + 0.35 * Math.sin(index / 13) + 0.25 * rough;
  const isBad = index > 68 && index < 75;
  const isSilent = (index >= 30 && index <= 32) || index === 50;
  const requests = isSilent ? 0 : Math.round(28 * swell);
  const slow = isBad ? 2.2 : 1;
  return {
    time: endOfTimeline - (89 - index) * 10,
    requests,
    failed: isBad ? Math.round(5 * rough) + 1 : 0,
    input_tokens: Math.round(requests * 1480 * (0.8 + 0.4 * rough)),
    output_tokens: Math.round(requests * 310 * (1.2 - 0.4 * rough)),
    cost_usd: requests * 0.0117 * (0.8 + 0.5 * rough),
    first_token_ms: isSilent ? noPercentiles : { p50: slow * (520 + 180 * rough), p90: slow * (1150 + 520 * rough), p99: slow * 4000 },
    duration_ms: isSilent ? noPercentiles : { p50: slow * (2900 + 900 * rough), p90: slow * (9000 + 4100 * rough), p99: slow * 40_000 },
    running: Math.min(10, Math.round(6 * swell * slow)),
    queued: isBad ? Math.round(6 * rough) + 2 : 0,
    processes: Math.round(7 + 6 * swell),
    live_memory_bytes: Math.round(3 + 5 * swell) * 212_000_000,
  };
}

/** Between 0 and 1, the same for the same number. */
function noise(number: number): number {
  return Math.abs((Math.sin(number * 12.9898) * 43_758.5453) % 1);
}

function makeTokens(all: number): TokenCounts {
  const part = (share: number): number => Math.round(all * share);
  return { input: part(0.14), cache_read: part(0.68), cache_write: part(0.07), output: part(0.11), reasoning: part(0.04) };
}
