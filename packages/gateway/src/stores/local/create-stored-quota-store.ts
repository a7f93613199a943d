import { createMemoryQuotaStore } from '../../quotas/create-memory-quota-store.ts';
import type { QuotaStore, Meter } from '../../ports/quota-store.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Storage } from '../unstorage-types.ts';
import * as z from 'zod/mini';
import { createRareWarnings } from '../rare-warnings.ts';
import { withinTime } from '../../basics/waiting.ts';
import { letEnd } from '../repeat.ts';
import { toKeyPart } from '../to-key-part.ts';

export interface StoredQuotaStoreOptions {
  readonly storage: Storage;
  readonly logger: Logger;
}

export interface StoredQuotaStore extends QuotaStore {
  /** Stores what is not stored yet. */
  close(): Promise<void>;
}

type Budget = Extract<Meter, { kind: 'budget' }>;

const record = z.object({ used: z.number().check(z.minimum(0)), endsAt: z.number() });
/** An older word for quotas: what was stored under it keeps its place. */
const base = 'limits';
const storeAfterMs = 1000;
const hourMs = 3_600_000;

/** How long a caller waits for what was used before. */
const limitMs = 2000;

/** Counts in memory, for one server alone; what was taken of budgets is stored too, within a second, so that it is known after a restart. */
export function createStoredQuotaStore({ storage, logger }: StoredQuotaStoreOptions): StoredQuotaStore {
  const memory = createMemoryQuotaStore();
  const warn = createRareWarnings(logger, Date.now);
  const known = new Map<string, { readonly reading: Promise<void>; readonly endsAt: number }>();
  const changed = new Map<string, Budget>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lookAgainAt = 0;
  let storing = Promise.resolve();
  let isClosed = false;

  const keyOf = (budget: Budget): string => `${base}:${toKeyPart(budget.key)}`;

  /** Reads what was taken before this server started, once. */
  function know(budget: Budget): Promise<void> {
    const before = known.get(budget.key);
    if (before !== undefined) return before.reading;
    const reading = read(budget);
    known.set(budget.key, { reading, endsAt: budget.endsAt });
    return reading;
  }

  async function read(budget: Budget): Promise<void> {
    try {
      await withinTime(removeOver(), limitMs);
    } catch (error) {
      warn('stored budgets that are over can not be removed', error);
    }
    try {
      const { data } = record.safeParse(await withinTime(storage.getItem(keyOf(budget)), limitMs));
      if (data !== undefined && data.used > 0) await memory.take([{ meter: budget, amount: data.used }], false);
    } catch (error) {
      warn('what was used of a budget can not be read: it counts as nothing', error);
    }
  }

  /** At the start, and every hour in which a budget is new. */
  async function removeOver(): Promise<void> {
    const now = Date.now();
    if (now < lookAgainAt) return;
    lookAgainAt = now + hourMs;
    for (const [key, { endsAt }] of known) if (endsAt <= now) known.delete(key);
    for (const key of await storage.getKeys(base)) {
      const { data } = record.safeParse(await storage.getItem(key));
      if (data === undefined || data.endsAt <= now) await storage.removeItem(key);
    }
  }

  function store(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const budgets = [...changed.values()];
    changed.clear();
    storing = writeAfter(storing, budgets);
    return storing;
  }

  async function writeAfter(before: Promise<void>, budgets: readonly Budget[]): Promise<void> {
    await before;
    for (const budget of budgets) await write(budget);
  }

  async function write(budget: Budget): Promise<void> {
    try {
      const { states } = await memory.take([{ meter: budget, amount: 0 }], false);
      const used = budget.limit - (states[0]?.remaining ?? budget.limit);
      await storage.setItem(keyOf(budget), { used, endsAt: budget.endsAt });
    } catch (error) {
      // It is written with the next change of any budget.
      changed.set(budget.key, budget);
      warn('what was used of a budget can not be stored: a restart would forget it', error);
    }
  }

  return {
    async take(amounts, must) {
      const budgets = amounts.flatMap(({ meter, amount }) => (meter.kind === 'budget' ? [{ meter, amount }] : []));
      if (budgets.length > 0) await Promise.all(budgets.map(({ meter }) => know(meter)));
      const result = await memory.take(amounts, must);
      if (result.taken) {
        for (const { meter, amount } of budgets) if (amount > 0) changed.set(meter.key, meter);
        if (changed.size > 0 && !isClosed) letEnd((timer ??= setTimeout(() => void store(), storeAfterMs)));
      }
      return result;
    },
    enter: (key, limit) => memory.enter(key, limit),
    close() {
      isClosed = true;
      return store();
    },
  };
}
