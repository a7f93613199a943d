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
