import type { Sample } from './reading.ts';
import type { Percentiles } from './stats.ts';

/** A bucket of a histogram, with all below it counted in. */
export interface Bucket {
  /** The last one's is infinite. */
  readonly upperBound: number;
  readonly count: number;
}

/** The percentiles in milliseconds, estimated from a histogram in seconds. */
export function toPercentiles(samples: readonly Sample[]): Percentiles {
  const buckets = toBuckets(samples);
  const at = (share: number): number | null => {
    const seconds = quantile(buckets, share);
    return seconds === null ? null : Math.round(seconds * 1e6) / 1000;
  };
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}

/** The buckets of a histogram, put together over its labels. */
export function toBuckets(samples: readonly Sample[]): Bucket[] {
  const counts = new Map<number, number>();
  for (const { labels, value } of samples) {
    const bound = labels['le'];
    if (bound === undefined) continue;
    const upperBound = typeof bound === 'number' ? bound : Infinity;
    counts.set(upperBound, (counts.get(upperBound) ?? 0) + value);
  }
  return Array.from(counts, ([upperBound, count]) => ({ upperBound, count }));
}

/**
 * Estimates a quantile as `histogram_quantile` of Prometheus does: as if the values of a bucket were spread evenly over it.
 *
 * @param share 0 to 1.
 * @returns Null without a value; the highest finite bound for what lies beyond it.
 */
export function quantile(buckets: readonly Bucket[], share: number): number | null {
  const rank = share * (buckets.at(-1)?.count ?? 0);
  if (rank === 0) return null;
  let below: Bucket = { upperBound: 0, count: 0 };
  for (const bucket of buckets) {
    if (bucket.count >= rank) {
      if (bucket.upperBound === Infinity) return below.upperBound;
      return below.upperBound + ((bucket.upperBound - below.upperBound) * (rank - below.count)) / (bucket.count - below.count);
    }
    below = bucket;
  }
  return below.upperBound;
}
