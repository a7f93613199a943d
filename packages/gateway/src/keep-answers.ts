const maxKept = 500;

/**
 * Keeps what was asked for, by what it was asked with. What is older than `freshMs` is given once more while it is asked for anew, and stays where
 * that fails.
 */
export function keepAnswers<Answer>(ask: (key: string) => Promise<Answer>, freshMs: number): (key: string) => Promise<Answer> {
  const kept = new Map<string, { answer: Promise<Answer>; readonly at: number }>();

  function renew(key: string): Promise<Answer> {
    const before = kept.get(key);
    const answer = ask(key);
    const entry = { answer: before?.answer ?? answer, at: performance.now() };
    kept.set(key, entry);
    answer.then(
      () => (entry.answer = answer),
      () => before === undefined && kept.delete(key),
    );
    const [oldest] = kept.keys();
    if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
    return entry.answer;
  }

  return (key) => {
    const found = kept.get(key);
    return found === undefined || performance.now() - found.at > freshMs ? renew(key) : found.answer;
  };
}
