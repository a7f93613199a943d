import { toBuckets } from './buckets.ts';
import { quantile } from './quantile.ts';
import type { Sample } from './reading.ts';
import type { Percentiles } from './stats.ts';

/** Of a histogram in seconds, in milliseconds. */
export function toPercentiles(samples: readonly Sample[]): Percentiles {
  const buckets = toBuckets(samples);
  const at = (share: number): number | null => {
    const seconds = quantile(buckets, share);
    return seconds === null ? null : Math.round(seconds * 1e6) / 1000;
  };
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}
