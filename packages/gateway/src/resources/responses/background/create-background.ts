import { GatewayError } from '../../../gateway-error.ts';
import { pause } from '../../../pause.ts';
import type { ResponseStore, StoredResponse } from '../../../ports/response-store.ts';
import type { Background } from '../../../responses/background.ts';
import { responseNotFound } from '../../../responses/response-not-found.ts';
import { startBackgroundRun, type BackgroundRun } from './background-run.ts';
import { toLostResponse } from '../../../dialects/responses/reply/to-lost-response.ts';

export interface BackgroundOptions {
  /** Where the responses are kept, for all servers that share them. */
  readonly store: ResponseStore;
  /** How many responses may wait or run on this server; one more is a 429. Default: 100. */
  readonly maxUnfinished?: number;
  /** How many of them may be one caller's. Default: all. */
  readonly maxUnfinishedPerCaller?: number;
  /** Told of each that begins: the promise resolves when it is over. For runtimes that end what no request waits for. Default: nobody. */
  readonly waitUntil?: (over: Promise<void>) => void;
}

export const backgroundDefaults = { maxUnfinished: 100 } as const;

/** Responses that nobody waits for; whoever makes it closes it, before the runner. */
export interface OwnedBackground extends Background {
  /** Waits until those that run have ended, `timeoutMs` at most. */
  ended(timeoutMs: number): Promise<void>;
  /** Begins none any more, ends those that run as failed, and waits until that is stored. */
  close(): Promise<void>;
}

/** A server that Redis was away from takes so long to say that it is still there. */
const lostAfterMs = 3000;
const lookAgainMs = 250;
const cancelWithinMs = 10_000;

/** Makes responses in the background. What a server has begun that is gone, is failed by whoever asks for it next, on any other. */
export function createBackground({ store, waitUntil, ...options }: BackgroundOptions): OwnedBackground {
  const { maxUnfinished = backgroundDefaults.maxUnfinished, maxUnfinishedPerCaller = maxUnfinished } = options;
  const runs = new Map<string, BackgroundRun>();
  /** Whose they are, also of those that are about to begin. */
  const tenants = new Map<string, string>();
  const keyOf = (tenant: string, id: string): string => JSON.stringify([tenant, id]);
  let isClosed = false;

  function admit(tenant: string, key: string): void {
    if (isClosed) throw stopped();
    const own = [...tenants.values()].filter((each) => each === tenant).length;
    if (tenants.size >= maxUnfinished || own >= maxUnfinishedPerCaller) throw tooManyUnfinished();
    tenants.set(key, tenant);
  }

  /** Whether someone runs it, who may only be slow to say so. */
  async function isHeld(tenant: string, id: string): Promise<boolean> {
    const giveBack = await store.hold(tenant, id);
    await giveBack?.();
    return giveBack === undefined;
  }

  async function failLost(tenant: string, id: string): Promise<void> {
    await sleep(lostAfterMs);
    const giveBack = await store.hold(tenant, id);
    if (giveBack === undefined) return;
    try {
      const found = await store.read(tenant, id);
      if (!isRunning(found)) return;
      const { eventCount: after, state } = found.background;
      await store.update(tenant, id, { ...toLostResponse(found.told, after, state === 'cancelling'), isRunning: false, after });
    } finally {
      await giveBack();
    }
  }

  async function read(tenant: string, id: string): Promise<StoredResponse | undefined> {
    const found = await store.read(tenant, id);
    const own = runs.get(keyOf(tenant, id));
    if (!isRunning(found)) return found;
    if (own !== undefined) return { ...found, told: own.told() ?? found.told };
    if (await isHeld(tenant, id)) return found;
    await failLost(tenant, id);
    return store.read(tenant, id);
  }

  async function* follow(tenant: string, id: string, from: number, signal: AbortSignal): AsyncGenerator<string[], undefined> {
    const left = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    for (let next = from; !signal.aborted;) {
      const run = runs.get(keyOf(tenant, id));
      const texts = run?.after(next) ?? (await store.readEvents(tenant, id, next));
      if (texts === undefined) throw responseNotFound(id);
      if (texts.length > 0) {
        next += texts.length;
        yield [...texts];
      } else if (run !== undefined) await Promise.race([run.changed(), left]);
      else {
        const found = await read(tenant, id);
        if (!isRunning(found) && (found?.background?.eventCount ?? 0) <= next) return;
        if ((found?.background?.eventCount ?? 0) <= next) await Promise.race([sleep(lookAgainMs), left]);
      }
    }
  }

  return {
    read,
    follow,
    async start(work) {
      const { tenant, id } = work;
      const key = keyOf(tenant, id);
      admit(tenant, key);
      let giveBack: (() => Promise<void>) | undefined;
      const leave = async (): Promise<void> => {
        runs.delete(key);
        tenants.delete(key);
        // What can't be given back expires by itself.
        await giveBack?.().catch(() => {});
      };
      try {
        giveBack = await store.hold(tenant, id);
        await store.create(tenant, { id, told: work.told(), input: work.input, isRunning: true });
      } catch (error) {
        await leave();
        throw error;
      }
      const run = startBackgroundRun(work, { store, isClosing: () => isClosed, onEnded: leave });
      runs.set(key, run);
      // It was closed while it was stored.
      if (isClosed) run.end(stopped());
      waitUntil?.(run.over);
      return { over: run.over };
    },
    async cancel(tenant, id) {
      const found = await read(tenant, id);
      if (!isRunning(found)) return found;
      const own = runs.get(keyOf(tenant, id));
      if (own === undefined) await store.cancel(tenant, id);
      else own.end('cancelled');
      for (const deadline = performance.now() + cancelWithinMs; ;) {
        const now = await read(tenant, id);
        if (!isRunning(now) || performance.now() > deadline) return now;
        await sleep(own === undefined ? lookAgainMs : 10);
      }
    },
    async ended(timeoutMs) {
      const waiting = new AbortController();
      const late = pause(timeoutMs, waiting.signal).catch(() => {});
      await Promise.race([Promise.all([...runs.values()].map(({ over }) => over)), late]);
      waiting.abort();
    },
    async close() {
      isClosed = true;
      const all = [...runs.values()];
      for (const run of all) run.end(stopped());
      await Promise.all(all.map(({ over }) => over));
    },
  };
}

type Running = StoredResponse & { readonly background: { readonly state: 'running' | 'cancelling' } };

function isRunning(found: StoredResponse | undefined): found is Running {
  return found?.background !== undefined && found.background.state !== 'ended';
}

function stopped(): GatewayError {
  return new GatewayError('The server that ran this response was stopped before it had ended. Please ask again.', {
    status: 500,
    code: 'server_stopped',
  });
}

function tooManyUnfinished(): GatewayError {
  return new GatewayError(
    'Rate limit reached: as many responses run in the background, or wait for it, as this server takes. Please try again when one of them has ended.',
    { status: 429, code: 'rate_limit_exceeded', retryAfterSeconds: 10 },
  );
}

function sleep(milliseconds: number): Promise<void> {
  return pause(milliseconds, new AbortController().signal);
}
