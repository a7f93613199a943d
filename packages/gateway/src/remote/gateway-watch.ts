/** Ends the turns of gateways that are not heard of any more: a connection alone does not tell that the other side is gone. */
export interface GatewayWatch {
  heard(gateway: string): void;
  /** A turn of this gateway runs, and ends so when that is gone; what is returned is called when it has ended. */
  add(gateway: string, end: (reason: Error) => void): () => void;
}

/** How many looks at gateways the time has. Looks are counted, not time: while this process itself was stopped, they were not silent. */
const looks = 6;

export function createGatewayWatch(silenceMs: number): GatewayWatch {
  const gateways = new Map<string, { missed: number; readonly turns: Set<(reason: Error) => void> }>();
  let timer: ReturnType<typeof setInterval> | undefined;

  function look(): void {
    for (const known of gateways.values()) {
      known.missed += 1;
      if (known.missed > looks) for (const end of known.turns) end(new Error('The gateway is gone.'));
    }
  }

  return {
    heard(gateway) {
      const known = gateways.get(gateway);
      if (known !== undefined) known.missed = 0;
    },
    add(gateway, end) {
      const known = gateways.get(gateway) ?? { missed: 0, turns: new Set() };
      known.missed = 0;
      known.turns.add(end);
      gateways.set(gateway, known);
      timer ??= setInterval(look, silenceMs / looks);
      return () => {
        known.turns.delete(end);
        if (known.turns.size === 0) gateways.delete(gateway);
        if (gateways.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}
