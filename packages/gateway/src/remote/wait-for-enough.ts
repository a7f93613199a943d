const graceMs = 500;

/** Waits for all, but for half a second at most after the first that is true. */
export function waitForEnough(probes: readonly Promise<boolean>[]): Promise<void> {
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hear = async (probe: Promise<boolean>): Promise<void> => {
      if (await probe) timer ??= setTimeout(resolve, graceMs);
    };
    const hearAll = async (): Promise<void> => {
      await Promise.all(probes.map(hear));
      clearTimeout(timer);
      resolve();
    };
    void hearAll();
  });
}
