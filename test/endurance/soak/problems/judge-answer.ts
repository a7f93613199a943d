import type { Answer } from '../callers/ask.ts';
import type { Ended } from './ended.ts';

/** An answer against what it should say. */
export function judgeAnswer({ failure, text }: Answer, expected: string): Ended {
  if (failure !== undefined) return { outcome: 'error', failure };
  return text === expected ? { outcome: 'ok' } : { outcome: 'wrong', why: `expected '${expected}', got '${text.slice(0, 300)}'` };
}
