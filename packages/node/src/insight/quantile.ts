import type { Bucket } from './buckets.ts';

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
