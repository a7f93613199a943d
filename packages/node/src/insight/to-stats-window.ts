import { samplesOf, type Reading, type Sample } from './reading.ts';
import type { StatsWindow, TokenCounts } from './stats.ts';
import { toPercentiles } from './percentiles.ts';

/** Puts what was counted in some time into the form that `/stats` has for it. */
export function toStatsWindow(reading: Reading): StatsWindow {
  const tokens = samplesOf(reading, 'tokens');
  const cost = samplesOf(reading, 'cost');
  const cache = sumBy(samplesOf(reading, 'cache'), textOf('outcome'));
  const routes = new Set(Object.keys(sumBy(samplesOf(reading, 'modelRequests'), textOf('route'))));
  return {
    requests: countRequests(reading),
    tokens: {
      ...toTokenCounts(tokens),
      by_model: mapValues(groupBy(tokens, textOf('model')), toTokenCounts),
      by_key: mapValues(groupBy(tokens, textOf('key')), toTokenCounts),
    },
    cost_usd: toDollars(cost),
    cost_usd_by_key: mapValues(groupBy(cost, textOf('key')), toDollars),
    first_token_ms: toPercentiles(samplesOf(reading, 'firstToken')),
    // What is answered without a model takes a millisecond, and says nothing about those who wait for one.
    duration_ms: toPercentiles(samplesOf(reading, 'requestDuration').filter((sample) => routes.has(textOf('route')(sample)))),
    queue_ms: toPercentiles(samplesOf(reading, 'queue')),
    cache: { hit: cache['hit'] ?? 0, miss: cache['miss'] ?? 0, shared: cache['shared'] ?? 0, bypass: cache['bypass'] ?? 0 },
    cli: {
      processes_started: sum(samplesOf(reading, 'processesStarted')),
      processes_failed: sum(samplesOf(reading, 'processesFailed')),
      turns_retried: sum(samplesOf(reading, 'turnsRetried')),
      tools_denied: sum(samplesOf(reading, 'toolsDenied')),
    },
  };
}

function countRequests(reading: Reading): StatsWindow['requests'] {
  const requests = samplesOf(reading, 'requests');
  const left = requests.filter(({ labels }) => labels['outcome'] === 'left');
  const failed = requests.filter(({ labels: { outcome, status } }) => outcome === 'error' || (outcome === 'ok' && Number(status) >= 400));
  return {
    total: sum(requests),
    failed: sum(failed),
    left: sum(left),
    by_route: sumBy(requests, (sample) => `${textOf('method')(sample)} ${textOf('route')(sample)}`),
    by_status: sumBy(requests, textOf('status')),
    by_model: sumBy(samplesOf(reading, 'modelRequests'), textOf('model')),
    by_key: sumBy(requests, textOf('key')),
  };
}

function toTokenCounts(samples: readonly Sample[]): TokenCounts {
  const kinds = sumBy(samples, textOf('kind'));
  return {
    input: kinds['input'] ?? 0,
    cache_read: kinds['cache_read'] ?? 0,
    cache_write: kinds['cache_write'] ?? 0,
    output: kinds['output'] ?? 0,
    reasoning: kinds['reasoning'] ?? 0,
  };
}

/** The sum in US dollars, rounded to where adding fractions leaves nothing behind. */
function toDollars(samples: readonly Sample[]): number {
  return Math.round(sum(samples) * 1e9) / 1e9;
}

const textOf =
  (label: string) =>
  ({ labels }: Sample): string =>
    String(labels[label] ?? '');

function sum(samples: readonly Sample[]): number {
  return samples.reduce((total, { value }) => total + value, 0);
}

function sumBy(samples: readonly Sample[], toName: (sample: Sample) => string): Record<string, number> {
  return mapValues(groupBy(samples, toName), sum);
}

/** Leaves out what did not happen. */
function groupBy(samples: readonly Sample[], toName: (sample: Sample) => string): ReadonlyMap<string, readonly Sample[]> {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    if (sample.value === 0) continue;
    const name = toName(sample);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [sample]);
    else group.push(sample);
  }
  return groups;
}

function mapValues<Value>(
  groups: ReadonlyMap<string, readonly Sample[]>,
  toValue: (samples: readonly Sample[]) => Value,
): Record<string, Value> {
  return Object.fromEntries(Array.from(groups, ([name, samples]) => [name, toValue(samples)]));
}
