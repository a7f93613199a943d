/** Waits, whatever happens. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Waits for something that can't fail, but not beyond an abort. */
export function unlessAborted(signal: AbortSignal, something: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      signal.removeEventListener('abort', end);
      resolve();
    };
    signal.addEventListener('abort', end, { once: true });
    void something.then(end);
  });
}
