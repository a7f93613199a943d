import { median } from '../../../bench/median.ts';
import type { Measure } from './measure.ts';

export interface Measures {
  /** After the warm-up, in quiet. */
  readonly before: Measure;
  /** Under load, in order. */
  readonly during: readonly Measure[];
  /** After the load, in quiet. */
  readonly after: Measure;
  /** How many processes were killed from outside: such a one can't tidy up, and may leave a file until the server ends. */
  readonly killed: number;
}

/** The medians of the first and the last third of the load. */
export interface Growth {
  readonly first: number;
  readonly last: number;
  /** What the last may be. */
  readonly atMost: number;
}

const megabyte = 1_000_000;
/** A short run has few samples, taken while the code is still being compiled. */
const allowances = {
  heapBytes: { share: 0.15, bytes: 5 * megabyte },
  // What was freed is not given back to the system at once.
  residentBytes: { share: 0.25, bytes: 40 * megabyte },
} as const;

export function growthOf(during: readonly Measure[], what: keyof typeof allowances): Growth {
  const third = Math.max(1, Math.floor(during.length / 3));
  const values = during.map((measure) => measure[what]);
  const [first, last] = [median(values.slice(0, third)), median(values.slice(-third))];
  const { share, bytes } = allowances[what];
  return { first, last, atMost: first + Math.max(first * share, bytes) };
}

/** What is held longer than it should be. */
export function findMeasureProblems({ before, during, after, killed }: Measures): string[] {
  const problems: string[] = [];
  for (const what of ['heapBytes', 'residentBytes'] as const) {
    const { first, last, atMost } = growthOf(during, what);
    // Also when there was nothing to compare.
    if (!(last <= atMost)) problems.push(`${what} grew from ${toMegabytes(first)} to ${toMegabytes(last)}`);
  }
  for (const what of ['openFiles', 'processes'] as const) {
    if (after[what] > before[what]) problems.push(`${what}: ${before[what]} before the load, ${after[what]} after it`);
  }
  if (after.handles.length > before.handles.length) {
    problems.push(`handles: before the load ${before.handles.toSorted().join()}, after it ${after.handles.toSorted().join()}`);
  }
  if (after.temporaryFiles.length > before.temporaryFiles.length + killed) {
    const [old, added] = [before.temporaryFiles, after.temporaryFiles.filter((path) => !before.temporaryFiles.includes(path))];
    problems.push(
      `temporary files: ${old.length} before the load, then ${added.length} new ones, such as ${added.slice(0, 20).join(', ')}`,
    );
  }
  return problems;
}

function toMegabytes(bytes: number): string {
  return `${(bytes / megabyte).toFixed(1)} MB`;
}
