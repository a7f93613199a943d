import type { Instruments } from './instruments.ts';

/** The numbers of all instruments at one time, or what has come to them since another. */
export type Reading = ReadonlyMap<string, readonly Sample[]>;

export interface Sample {
  readonly labels: Readonly<Record<string, string | number | undefined>>;
  readonly value: number;
}

export function samplesOf(reading: Reading, name: keyof Instruments): readonly Sample[] {
  return reading.get(name) ?? [];
}

/** Reads them from the registry. The samples go on counting, so they must be used at once. */
export async function readInstruments(instruments: Instruments): Promise<Reading> {
  const entries = Object.entries(instruments).map(async ([name, instrument]) => [name, (await instrument.get()).values] as const);
  return new Map(await Promise.all(entries));
}

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
