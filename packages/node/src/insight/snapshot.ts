import type { Reading } from './reading.ts';

/** The bare numbers of a reading. A series keeps its place, and none is ever removed: the labels are those of any later reading. */
export type Snapshot = ReadonlyMap<string, Float64Array>;

export function takeSnapshot(reading: Reading): Snapshot {
  return new Map(Array.from(reading, ([name, samples]) => [name, Float64Array.from(samples, ({ value }) => value)]));
}

/** What has come to a reading since a snapshot was taken. */
export function changeSince(snapshot: Snapshot, reading: Reading): Reading {
  return new Map(
    Array.from(reading, ([name, samples]) => {
      const before = snapshot.get(name);
      return [name, samples.map(({ labels, value }, at) => ({ labels, value: value - (before?.[at] ?? 0) }))];
    }),
  );
}
