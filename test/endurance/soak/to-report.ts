import type { Attempt } from './problems/attempt.ts';
import type { Storms } from './create-storms.ts';
import { growthOf, type Measures } from './problems/find-measure-problems.ts';
import { isProvoked } from './problems/is-provoked.ts';
import type { Measure } from './problems/measure.ts';
import { toTable } from './to-table.ts';

/** What happened, as tables. */
export function toReport(attempts: readonly Attempt[], storms: Storms, measures: Measures | undefined): string {
  return [
    toTable(['requests', 'all', 'answered', 'left', 'errors', 'wrong', 'median ms', 'longest ms'], requestRows(attempts)),
    toTable(['error', 'asked for', 'in a storm', 'not provoked'], errorRows(attempts, storms)),
    `${storms.all.length} storms: ${storms.counts.killed} processes killed, ${storms.counts.frozen} frozen`,
    ...(measures === undefined ? [] : measureTables(measures)),
  ].join('\n\n');
}

function requestRows(attempts: readonly Attempt[]): string[][] {
  const rowOf = (name: string, own: readonly Attempt[]): string[] => {
    const times = own.map(({ startedAt, endedAt }) => endedAt - startedAt).toSorted((one, other) => one - other);
    const counts = (['ok', 'left', 'error', 'wrong'] as const).map((wanted) => own.filter(({ outcome }) => outcome === wanted).length);
    const [middle, longest] = [times[Math.floor(times.length / 2)], times.at(-1)].map((time = 0) => time.toFixed(0));
    return [name, ...[own.length, ...counts].map(String), middle!, longest!];
  };
  const kinds = [...new Set(attempts.map(({ kind }) => kind))];
  return [
    ...kinds.map((kind) =>
      rowOf(
        kind,
        attempts.filter((attempt) => attempt.kind === kind),
      ),
    ),
    rowOf('all', attempts),
  ];
}

function errorRows(attempts: readonly Attempt[], { all }: Storms): string[][] {
  const counts = new Map<string, [number, number, number]>();
  for (const attempt of attempts) {
    if (attempt.outcome !== 'error') continue;
    const { status, code } = attempt.failure;
    const name = `${status === 200 ? 'in the stream' : status} ${code}`;
    const row = counts.get(name) ?? [0, 0, 0];
    row[isProvoked(attempt, []) ? 0 : isProvoked(attempt, all) ? 1 : 2] += 1;
    counts.set(name, row);
  }
  return [...counts].map(([name, row]) => [name, ...row.map(String)]);
}

function measureTables({ before, during, after }: Measures): string[] {
  const growth = (['heapBytes', 'residentBytes'] as const).map((what) => {
    const { first, last, atMost } = growthOf(during, what);
    return [what, ...[before[what], first, last, atMost, after[what]].map(toMegabytes)];
  });
  const rowOf = (name: string, count: (measure: Measure) => number): string[] => [
    name,
    ...[count(before), Math.max(...during.map(count)), count(after)].map(String),
  ];
  return [
    `${during.length} samples`,
    toTable(['memory, MB', 'before', 'first third', 'last third', 'at most', 'after'], growth),
    toTable(
      ['held', 'before', 'peak', 'after'],
      [
        rowOf('child processes', ({ processes }) => processes),
        rowOf('handles', ({ handles }) => handles.length),
        rowOf('open files', ({ openFiles }) => openFiles),
        rowOf('temporary files', ({ temporaryFiles }) => temporaryFiles.length),
      ],
    ),
  ];
}

function toMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
