import type { ToldTurns } from './protocol.ts';

/** Ends turns that nobody waits for any more, of gateways that are gone too: a connection alone does not tell that, least of all behind a proxy. */
export interface GatewayWatch {
  /** A gateway is there, and tells which turns it waits for. */
  heard(gateway: string, turns: ToldTurns | undefined): void;
  /** A turn of this gateway runs, and ends so when nobody waits for it; what is returned is called when it has ended. */
  add(gateway: string, number: number | undefined, end: (reason: Error) => void): () => void;
}

/** How many looks at gateways the time has. Looks are counted, not time: while this process itself was stopped, they were not silent. */
const looks = 6;

export function createGatewayWatch(silenceMs: number): GatewayWatch {
  const gateways = new Map<string, { missed: number; readonly turns: Map<(reason: Error) => void, number | undefined> }>();
  let timer: ReturnType<typeof setInterval> | undefined;

  function look(): void {
    for (const known of gateways.values()) {
      known.missed += 1;
      if (known.missed > looks) for (const end of known.turns.keys()) end(new Error('The gateway is gone.'));
    }
  }

  return {
    heard(gateway, turns) {
      const known = gateways.get(gateway);
      if (known === undefined) return;
      known.missed = 0;
      if (turns === undefined) return;
      const waitedFor = new Set(turns.waitedFor);
      for (const [end, number = Infinity] of known.turns) {
        if (number <= turns.begun && !waitedFor.has(number)) end(new Error('The gateway has left this turn.'));
      }
    },
    add(gateway, number, end) {
      const known = gateways.get(gateway) ?? { missed: 0, turns: new Map() };
      known.missed = 0;
      known.turns.set(end, number);
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
