import type { Fault } from '../problems/fault.ts';

/** What a caller says of its message within its text, so that the mock knows what to answer. */
export interface Marker {
  /** Of this message alone. It comes back in the answer: what comes back to another caller is a mix-up. */
  readonly token: string;
  readonly fault?: Fault | undefined;
}

const pattern = /\[soak (?<token>[\w-]+)(?:: (?<fault>[\w ]+))?\]/g;

export function withMarker(text: string, { token, fault }: Marker): string {
  return `${text} [soak ${token}${fault === undefined ? '' : `: ${fault}`}]`;
}

/** Every marker in a text, in order. */
export function markersIn(text: string): Marker[] {
  return [...text.matchAll(pattern)].map(({ groups }) => ({ token: groups!['token']!, fault: groups!['fault'] as Fault | undefined }));
}
