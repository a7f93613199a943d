/** What is lent to those who may be gone before they give it back. */
export interface Leases {
  /**
   * Takes something under a token, or renews what was taken under it.
   *
   * @param take What takes it, and answers what gives it back; undefined where it can't be had.
   * @returns Whether it is had now.
   */
  keep(token: string, forMs: number, take: () => Promise<(() => Promise<void>) | undefined>): Promise<boolean>;
  /** Gives it back; does nothing for a token that is not known. */
  release(token: string): Promise<void>;
}

/** What is not renewed in time goes back when the next one takes something: until then it is in nobody's way. */
export function createLeases(now: () => number = () => performance.now()): Leases {
  const kept = new Map<string, { until: number; readonly giveBack: () => Promise<void> }>();

  async function release(token: string): Promise<void> {
    const lease = kept.get(token);
    kept.delete(token);
    await lease?.giveBack();
  }

  return {
    async keep(token, forMs, take) {
      const lease = kept.get(token);
      if (lease !== undefined) {
        lease.until = now() + forMs;
        return true;
      }
      for (const [other, { until }] of kept) if (until <= now()) await release(other);
      const giveBack = await take();
      if (giveBack !== undefined) kept.set(token, { until: now() + forMs, giveBack });
      return giveBack !== undefined;
    },
    release,
  };
}
