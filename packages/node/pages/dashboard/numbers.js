import { byId, setText } from '../shared/dom.js';
import { toBytes, toCount, toDay, toMs, toShare, toShortCount, toSpan, toUsd } from './format.js';
import { state, windowOf } from './state.js';

const highOf = ({ p90, p99 }) => (p90 === null && p99 === null ? 'no values' : `90 % within ${toMs(p90)} · 99 % ${toMs(p99)}`);
const allTokens = (tokens) => tokens.input + tokens.cache_read + tokens.cache_write + tokens.output;
const answeredOf = ({ hit, shared }) => hit + shared;
/** How the memory of processes is counted, PSS or RSS, between two marks; nothing where no process can be. */
export const toMemoryKind = (before, now, after = '') =>
  now?.runner === undefined ? '' : `${before}${now.runner.processes.live_memory_kind.toUpperCase()}${after}`;
const circuits = {
  closed: ['', 'processes start as usual'],
  open: ['bad', 'no processes are started'],
  'half-open': ['warn', 'one process is tried'],
};

/** By field: what it says of the statistics and of their chosen window, and, where it is not well, how badly. */
const fields = {
  uptime: (stats) => `running for ${toSpan(stats.uptime_seconds)}, since ${toDay(stats.started_at)}`,
  running: ({ now }) => `${toCount(now.turns.running)} running`,
  queued: ({ now }) => `${toCount(now.turns.queued)} waiting in the queue`,
  processes: ({ now }) => toCount(now.runner?.processes.all ?? 0),
  'process-kinds': ({ now }) => {
    const { idle = 0, starting = 0, live = 0 } = now.runner?.processes ?? {};
    return `${toCount(idle)} idle · ${toCount(starting)} starting · ${toCount(live)} live`;
  },
  memory: ({ now }) => toBytes(now.memory_bytes),
  'memory-parts': ({ now }) =>
    now.runner === undefined
      ? ''
      : `live processes hold ${toBytes(now.runner.processes.live_memory_bytes)} more${toMemoryKind(' (', now, ')')}`,
  'cli-version': ({ now }) => now.runner?.cli_version ?? '',
  circuit: ({ now }) => {
    const [kind, text] = circuits[now.runner?.circuit] ?? ['', ''];
    return { kind, text };
  },
  window: (stats) => {
    const wanted = Number(state.window) * 60;
    if (state.window === 'start') return `since start, ${toSpan(stats.uptime_seconds)} ago`;
    const running = stats.uptime_seconds < wanted ? `; it runs for ${toSpan(stats.uptime_seconds)}` : '';
    return `of the last ${state.window === '1' ? 'minute' : `${state.window} minutes`}${running}`;
  },
  requests: (_, { requests }) => toShortCount(requests.total),
  left: (_, { requests }) => `${toCount(requests.left)} left by their callers`,
  failed: (_, { requests }) => ({ kind: requests.failed > 0 ? 'bad' : '', text: toShortCount(requests.failed) }),
  'failed-share': (_, { requests }) => (requests.total === 0 ? 'no requests' : `${toShare(requests.failed, requests.total)} of all`),
  'first-token': (_, { first_token_ms }) => toMs(first_token_ms.p50),
  'first-token-high': (_, { first_token_ms }) => highOf(first_token_ms),
  duration: (_, { duration_ms }) => toMs(duration_ms.p50),
  'duration-high': (_, { duration_ms }) => highOf(duration_ms),
  tokens: (_, { tokens }) => toShortCount(allTokens(tokens)),
  'token-kinds': (_, { tokens }) =>
    `${toShortCount(tokens.input)} in · ${toShortCount(tokens.cache_read)} cache read · ${toShortCount(tokens.cache_write)} cache write · ${toShortCount(tokens.output)} out`,
  cost: (_, { cost_usd }) => toUsd(cost_usd),
  'cost-each': (_, { cost_usd, requests }) => (requests.total === 0 ? 'no requests' : `${toUsd(cost_usd / requests.total)} a request`),
  cache: (_, { cache }) => toShare(answeredOf(cache), answeredOf(cache) + cache.miss),
  'cache-kinds': (_, { cache }) => `${toCount(answeredOf(cache))} of ${toCount(answeredOf(cache) + cache.miss)} requests that took part`,
  queue: (_, { queue_ms }) => toMs(queue_ms.p50),
  'queue-high': (_, { queue_ms }) => highOf(queue_ms),
};

export function showNumbers(stats) {
  const chosen = windowOf(stats);
  for (const element of document.querySelectorAll('[data-field]')) {
    const said = fields[element.dataset.field](stats, chosen);
    const { kind, text } = typeof said === 'string' ? { kind: '', text: said } : said;
    element.dataset.kind = kind;
    setText(element, text);
  }
  byId('content').classList.toggle('bare', stats.now.runner === undefined);
}
