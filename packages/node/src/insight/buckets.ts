import type { Sample } from './reading.ts';

/** A bucket of a histogram, with all below it counted in. */
export interface Bucket {
  /** The last one's is infinite. */
  readonly upperBound: number;
  readonly count: number;
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
