/** What a request has, and gives back in the end. */
export interface Present {
  /** Gives it back where the request does not: on workers one whose caller has left just stops, `finally` and all. May be called late, but never too soon. */
  gone: () => void;
  /** It is given back. */
  leave(): void;
}

const lookEveryMs = 5000;
/** Looks are counted, not time: when all have stood still, nobody is gone. */
const mostMissed = 3;

/** Notices within a minute who is gone, where others are there: each tells that it is there by a timer of its own, which ends with it, and looks after the others. */
export function createPresence(): () => Present {
  const all = new Map<Present, number>();
  let lookedAt = 0;

  function look(): void {
    const now = performance.now();
    if (now - lookedAt < lookEveryMs) return;
    lookedAt = now;
    for (const [present, missed] of all) {
      all.set(present, missed + 1);
      if (missed < mostMissed) continue;
      all.delete(present);
      present.gone();
    }
  }

  return () => {
    look();
    const present: Present = {
      gone() {},
      leave() {
        if (all.delete(present)) clearInterval(timer);
      },
    };
    const timer = setInterval(() => {
      // On workers nobody else can clear it.
      if (!all.has(present)) return clearInterval(timer);
      // First, so that nobody holds itself for gone.
      all.set(present, 0);
      look();
    }, lookEveryMs);
    all.set(present, 0);
    return present;
  };
}
