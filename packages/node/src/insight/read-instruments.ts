import type { Instruments } from './instruments.ts';
import type { Reading } from './reading.ts';

/** Reads them from the registry. The samples go on counting, so they must be used at once. */
export async function readInstruments(instruments: Instruments): Promise<Reading> {
  const entries = Object.entries(instruments).map(async ([name, instrument]) => [name, (await instrument.get()).values] as const);
  return new Map(await Promise.all(entries));
}
