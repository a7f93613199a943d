import { createPresence, type Present } from '../basics/presence.ts';
import type { GatewayError } from '../gateway-error.ts';
import { serverBusy } from './server-busy.ts';

export interface TurnLimiterOptions {
  /** Turns that run at once. */
  readonly maxConcurrent: number;
  /** Turns that wait for a place; one more is refused. */
  readonly maxQueued: number;
  /** The longest wait. */
  readonly queueTimeoutMs: number;
  /** Turns of one tenant that run at once, where the tenant's own number is not given. Default: all. */
  readonly maxPerTenant?: number | undefined;
}

export interface TurnLimiter {
  /**
   * Waits until a turn of this tenant may run: a free place goes to the tenant that has the fewest running, of those with as many to
   * whoever has waited longest for their turn; among those of one tenant by order of arrival, the patient last. A tenant that has all that it may have at
   * once (`most`) waits even where places are free. The function it resolves to gives the place back; calling it again does nothing.
   *
   * @param isPatient Whether it waits as long as it takes, and takes no room of those who do not. Default: no.
   * @throws {GatewayError} 429 when the queue is full or the wait is too long; on an abort, the signal's reason.
   */
  acquire(tenant: string, signal: AbortSignal, most?: number, isPatient?: boolean): Promise<() => void>;
  /** How many turns run and how many wait, now. */
  state(): { readonly running: number; readonly queued: number };
}

/** The turns of one tenant. */
interface Share {
  running: number;
  /** How many of its turns may run at once. */
  most: number;
  readonly waiting: Set<Waiting>;
}

interface Waiting {
  readonly admit: () => void;
  /** Absent: it waits as long as it takes. */
  readonly refuse?: () => void;
}

/** Admits a bounded number of turns at once and lets a bounded number wait, both fairly among tenants. */
export function createTurnLimiter(options: TurnLimiterOptions): TurnLimiter {
  /** The tenants that have turns here, running or waiting; the one that was served last comes last. */
  const shares = new Map<string, Share>();
  const presence = createPresence();
  let running = 0;
  let queued = 0;
  /** How many of the queued wait as long as it takes. */
  let patient = 0;

  function shareOf(tenant: string, most: number): Share {
    const share = shares.get(tenant) ?? { running: 0, most, waiting: new Set() };
    share.most = most;
    shares.set(tenant, share);
    return share;
  }

  function forgetIdle(tenant: string, share: Share): void {
    if (share.running === 0 && share.waiting.size === 0 && shares.get(tenant) === share) shares.delete(tenant);
  }

  function place(tenant: string, share: Share, present: Present): () => void {
    shares.delete(tenant);
    shares.set(tenant, share);
    share.running += 1;
    running += 1;
    let given = true;
    const release = (): void => {
      if (!given) return;
      given = false;
      present.leave();
      share.running -= 1;
      running -= 1;
      admitNext();
      forgetIdle(tenant, share);
    };
    present.gone = release;
    return release;
  }

  function admitNext(): void {
    let next: Share | undefined;
    for (const share of shares.values()) {
      if (share.waiting.size > 0 && share.running < share.most && (next === undefined || share.running < next.running)) next = share;
    }
    const waiting = [...(next?.waiting ?? [])];
    (waiting.find(({ refuse }) => refuse !== undefined) ?? waiting[0])?.admit();
  }

  /** The tenant with most turns in a full queue loses one to a tenant that has fewer. */
  function makeRoom(share: Share): boolean {
    const refusable = ({ waiting }: Share): Waiting[] => [...waiting].filter(({ refuse }) => refuse !== undefined);
    let longest = refusable(share);
    const own = longest.length;
    for (const other of shares.values()) if (refusable(other).length > longest.length) longest = refusable(other);
    if (longest.length <= own + 1) return false;
    longest.at(-1)?.refuse?.();
    return true;
  }

  function full(): GatewayError {
    return serverBusy(
      `${running} requests are running and ${queued - patient} are waiting, which is as many as this server takes.`,
      options.queueTimeoutMs,
    );
  }

  function wait(tenant: string, share: Share, signal: AbortSignal, isPatient: boolean, present: Present): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        share.waiting.delete(waiting);
        queued -= 1;
        if (isPatient) patient -= 1;
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      const fail = (reason: unknown): void => {
        // On workers a request can't clear the timer of another, which it has let in: that comes all the same.
        if (!share.waiting.has(waiting)) return;
        leave();
        present.leave();
        forgetIdle(tenant, share);
        reject(reason);
      };
      const onAbort = (): void => fail(signal.reason);
      const late = (): void =>
        fail(serverBusy(`No place became free within ${options.queueTimeoutMs / 1000} seconds.`, options.queueTimeoutMs));
      const timer = isPatient ? undefined : setTimeout(late, options.queueTimeoutMs);
      const waiting: Waiting = {
        admit: () => {
          leave();
          resolve(place(tenant, share, present));
        },
        ...(!isPatient && { refuse: () => fail(full()) }),
      };
      present.gone = () => fail(full());
      signal.addEventListener('abort', onAbort, { once: true });
      share.waiting.add(waiting);
      queued += 1;
      if (isPatient) patient += 1;
    });
  }

  return {
    async acquire(tenant, signal, most = options.maxPerTenant ?? options.maxConcurrent, isPatient = false) {
      signal.throwIfAborted();
      // First, since it makes room where others are gone.
      const present = presence();
      const share = shareOf(tenant, most);
      if (running < options.maxConcurrent && share.running < most) return place(tenant, share, present);
      if (!isPatient && queued - patient >= options.maxQueued && !makeRoom(share)) {
        forgetIdle(tenant, share);
        present.leave();
        throw full();
      }
      return wait(tenant, share, signal, isPatient, present);
    },
    state: () => ({ running, queued }),
  };
}
