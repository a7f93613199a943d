import type { ResponseStore, StoredResponse } from '../../../ports/response-store.ts';
import type { Background } from '../../../responses/background.ts';
import { responseNotFound } from '../../../responses/response-not-found.ts';
import { serverStopped, tooManyUnfinished } from './background-errors.ts';
import { startBackgroundRun, type BackgroundRun } from './background-run.ts';
import { createLostFinder } from './create-lost-finder.ts';
import { isRunning } from './is-running.ts';
import { sleep, unlessAborted } from './sleep.ts';

/** Where responses in the background are kept, and how many there may be. */
export interface BackgroundOptions {
  /** Where the responses are kept, for all servers that share them. */
  readonly store: ResponseStore;
  /** How many responses may wait or run on this server; one more is a 429. Default: 100. */
  readonly maxUnfinished?: number;
  /** How many of them may be one caller's. Default: all. */
  readonly maxUnfinishedPerCaller?: number;
  /** Is told of each response that begins; `over` resolves at its end. For runtimes that stop what no request waits for. Default: nothing is told. */
  readonly waitUntil?: (over: Promise<void>) => void;
}

/** The defaults of `BackgroundOptions`. */
export const backgroundDefaults = { maxUnfinished: 100 } as const;

/** Responses that nobody waits for; whoever makes it closes it, before the runner. */
export interface OwnedBackground extends Background {
  /** Waits until those that run have ended, `timeoutMs` at most. */
  ended(timeoutMs: number): Promise<void>;
  /** Begins none any more, ends those that run as failed, and waits until that is stored. */
  close(): Promise<void>;
}

const lookAgainMs = 250;
const endsEveryMs = 50;
const cancelWithinMs = 10_000;

/** Makes responses in the background. A response whose server has died is marked as failed by the next server that is asked for it. */
export function createBackground({ store, waitUntil, ...options }: BackgroundOptions): OwnedBackground {
  const { maxUnfinished = backgroundDefaults.maxUnfinished, maxUnfinishedPerCaller = maxUnfinished } = options;
  const runs = new Map<string, BackgroundRun>();
  /** Whose they are, also of those that are about to begin. */
  const tenants = new Map<string, string>();
  const failLost = createLostFinder(store);
  const keyOf = (tenant: string, id: string): string => JSON.stringify([tenant, id]);
  let isClosed = false;

  function admit(tenant: string, key: string): void {
    if (isClosed) throw serverStopped();
    const own = [...tenants.values()].filter((each) => each === tenant).length;
    if (tenants.size >= maxUnfinished || own >= maxUnfinishedPerCaller) throw tooManyUnfinished();
    tenants.set(key, tenant);
  }

  async function read(tenant: string, id: string): Promise<StoredResponse | undefined> {
    const found = await store.read(tenant, id);
    const own = runs.get(keyOf(tenant, id));
    if (!isRunning(found)) return found;
    if (own !== undefined) return { ...found, told: own.told() ?? found.told };
    return (await failLost(tenant, id)) ? store.read(tenant, id) : found;
  }

  async function* follow(tenant: string, id: string, from: number, signal: AbortSignal): AsyncGenerator<string[], undefined> {
    for (let next = from; !signal.aborted;) {
      const run = runs.get(keyOf(tenant, id));
      const texts = run?.after(next) ?? (await store.readEvents(tenant, id, next));
      if (texts === undefined) throw responseNotFound(id);
      if (texts.length > 0) {
        next += texts.length;
        yield [...texts];
      } else if (run !== undefined) await unlessAborted(signal, run.changed());
      else {
        const found = await read(tenant, id);
        if (!isRunning(found) && (found?.background?.eventCount ?? 0) <= next) return;
        if ((found?.background?.eventCount ?? 0) <= next) await unlessAborted(signal, sleep(lookAgainMs));
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
      if (isClosed) run.end(serverStopped());
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
      const deadline = performance.now() + timeoutMs;
      while (tenants.size > 0 && performance.now() < deadline) await sleep(endsEveryMs);
    },
    async close() {
      isClosed = true;
      const all = [...runs.values()];
      for (const run of all) run.end(serverStopped());
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}
