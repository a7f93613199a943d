import { toSortedJson } from '../expectations.ts';

/** Throws where two values differ as JSON. */
export function mustEqual(found: unknown, wanted: unknown): void {
  const [one, other] = [found, wanted].map(toSortedJson);
  if (one !== other) throw new Error(`found ${one}, wanted ${other}`);
}
