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

type GiveBack = () => Promise<void>;

/** Makes leases. One that is not renewed in time ends when the next is taken: until then it is in nobody's way. */
export function createLeases(now: () => number = () => performance.now()): Leases {
  const kept = new Map<string, { until: number; readonly giveBack: GiveBack }>();
  /** What is being taken; what is released meanwhile is not here any more, and given back as soon as it is had. */
  const pending = new Map<string, { had: Promise<boolean> }>();

  async function release(token: string): Promise<void> {
    pending.delete(token);
    const lease = kept.get(token);
    kept.delete(token);
    await lease?.giveBack();
  }

  function takeAnew(token: string, forMs: number, take: () => Promise<GiveBack | undefined>): Promise<boolean> {
    const taking = { had: Promise.resolve(false) };
    pending.set(token, taking);
    taking.had = (async () => {
      try {
        for (const [other, { until }] of kept) if (until <= now()) await release(other);
        const giveBack = await take();
        if (giveBack === undefined) return false;
        const isWanted = pending.get(token) === taking;
        if (isWanted) kept.set(token, { until: now() + forMs, giveBack });
        else await giveBack();
        return isWanted;
      } finally {
        if (pending.get(token) === taking) pending.delete(token);
      }
    })();
    return taking.had;
  }

  return {
    async keep(token, forMs, take) {
      const lease = kept.get(token);
      if (lease === undefined) return pending.get(token)?.had ?? takeAnew(token, forMs, take);
      lease.until = now() + forMs;
      return true;
    },
    release,
  };
}
