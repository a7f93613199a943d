import type { Attempt } from './attempt.ts';
import type { Fault } from './fault.ts';
import type { Storm } from '../create-storms.ts';

/** The status of each error that may be; in a stream that has begun it is 200. */
const statusOf: Readonly<Record<string, number>> = {
  rate_limit_exceeded: 429,
  overloaded: 503,
  server_error: 500,
  upstream_error: 502,
  claude_unavailable: 503,
  timeout: 504,
};

/** What may come of a fault; a request that has asked for one may also be answered, by a second try. */
const errorsOf: Readonly<Record<Fault, readonly string[]>> = {
  '429': ['rate_limit_exceeded'],
  '529': ['overloaded'],
  '500': ['server_error'],
  cut: ['upstream_error'],
  stall: ['timeout'],
  'stream error': ['upstream_error', 'overloaded'],
  // It is asked again, and answered then.
  once: [],
  // Slow, but whole.
  drip: [],
};

/** What may come of a process that is killed or frozen. */
const errorsOfStorms = new Set(['upstream_error', 'claude_unavailable', 'timeout']);

/** Whether an error was provoked, and is a clear one. */
export function isProvoked(attempt: Attempt, storms: readonly Storm[]): boolean {
  if (attempt.outcome !== 'error') return false;
  const { status, code } = attempt.failure;
  if (status !== 200 && status !== statusOf[code]) return false;
  if (attempt.fault !== undefined && errorsOf[attempt.fault].includes(code)) return true;
  const inStorm = storms.some(({ from, to }) => attempt.startedAt < to && attempt.endedAt > from);
  return inStorm && errorsOfStorms.has(code);
}
