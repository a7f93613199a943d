import { waitOrBegin } from './waiting.ts';

interface Kept<Answer> {
  answer: Promise<Answer>;
  /** Whether the promise has resolved. */
  isKnown: boolean;
  readonly at: number;
}

const maxKept = 500;

/** How long a caller waits for an answer that another one has asked for, before it asks itself. */
const patienceMs = 5000;

/**
 * Keeps the answers of `ask` by their keys, 500 at most. An answer older than `freshMs` is given once more while a new one is asked for,
 * and stays when that fails. A failure is not kept.
 */
export function keepAnswers<Answer>(ask: (key: string) => Promise<Answer>, freshMs: number): (key: string) => Promise<Answer> {
  const kept = new Map<string, Kept<Answer>>();

  function renew(key: string): Promise<Answer> {
    const before = kept.get(key);
    const isKnown = before?.isKnown === true;
    const answer = ask(key);
    const entry = { answer: isKnown ? before.answer : answer, isKnown, at: performance.now() };
    kept.set(key, entry);
    answer.then(
      () => Object.assign(entry, { answer, isKnown: true }),
      () => !entry.isKnown && kept.get(key) === entry && kept.delete(key),
    );
    const [oldest] = kept.keys();
    if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
    return entry.answer;
  }

  function get(key: string): Promise<Answer> {
    const found = kept.get(key);
    if (found === undefined || performance.now() - found.at > freshMs) return renew(key);
    if (found.isKnown) return found.answer;
    return waitOrBegin(found.answer, patienceMs, () => (kept.get(key) === found ? renew(key) : get(key)));
  }
  return get;
}
