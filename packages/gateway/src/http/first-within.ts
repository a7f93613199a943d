/**
 * Waits for an iterator's first value, but no longer than `timeoutMs` (`undefined`: as long as it takes), and returns an iterator that gives the same values.
 *
 * @throws What the first step throws, when it does so in time.
 */
export async function firstWithin<Value, End>(
  iterator: AsyncIterator<Value, End | undefined>,
  timeoutMs: number | undefined,
): Promise<AsyncIterator<Value, End | undefined>> {
  const first = iterator.next();
  if (timeoutMs === undefined) await first;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs ?? 0);
  });
  try {
    await Promise.race([first, timeout]);
  } finally {
    clearTimeout(timer);
  }
  let begun = false;
  return {
    next: () => {
      if (begun) return iterator.next();
      begun = true;
      return first;
    },
    return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
  };
}
