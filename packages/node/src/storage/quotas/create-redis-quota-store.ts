import { randomUUID } from 'node:crypto';
import {
  createMemoryQuotaStore,
  toMeterState,
  type QuotaStore,
  type Logger,
  type MeterAmount,
  type TakeResult,
} from '@claude-code-api/gateway';
import type { Redis } from 'ioredis';
import * as z from 'zod';
import { createRareWarnings } from '../rare-warnings.ts';
import { createOwedBudgets } from './create-owed-budgets.ts';
import { createRedisAttempts, type AttemptInRedis } from './create-redis-attempts.ts';
import { quotaScripts } from './quota-scripts.ts';

export interface RedisQuotaStoreOptions {
  /** The connection. Rejects while there is none. */
  readonly ready: () => Promise<Redis>;
  /** What all keys begin with. */
  readonly keyPrefix: string;
  readonly logger: Logger;
}

const stayMs = 30_000;
const renewEveryMs = 10_000;

const answer = z.tuple([z.enum(['0', '1']), z.coerce.number()], z.coerce.number());

/**
 * Counts in Redis, for all servers of it. While Redis is away each server counts for itself, from what it has taken before, so that
 * nobody is refused for that and nobody is without limits; what was taken of budgets meanwhile counts for all when Redis is back.
 */
export function createRedisQuotaStore({ ready, keyPrefix, logger }: RedisQuotaStoreOptions): QuotaStore {
  /** Knows what this server has taken, always. */
  const alone = createMemoryQuotaStore();
  const owed = createOwedBudgets();
  const warn = createRareWarnings(logger, Date.now);
  const keyOf = (key: string): string => `${keyPrefix}:limits:${key}`;
  const attempt = createRedisAttempts({
    ready,
    onLost: (error) => warn('quotas can not be counted in Redis; this server counts for itself meanwhile', error),
    welcome: settle,
  });

  async function settle(client: Redis): Promise<void> {
    await client.ping();
    const amounts = owed.collect(Date.now());
    if (amounts.length === 0) return;
    try {
      await takeInRedis(client, amounts, false, keyOf);
    } catch (error) {
      owed.add(amounts);
      throw error;
    }
  }

  return {
    take: (amounts, must) =>
      attempt(
        async (client) => {
          const result = await takeInRedis(client, amounts, must, keyOf);
          if (result.taken) await alone.take(amounts, false);
          return result;
        },
        async () => {
          const result = await alone.take(amounts, must);
          if (result.taken) owed.add(amounts);
          return result;
        },
      ),
    async enter(key, limit) {
      const leave = await alone.enter(key, limit);
      // As many are of this server alone: others can only make it more.
      if (leave === undefined) return undefined;
      const token = randomUUID();
      const isIn = await attempt(
        async (client) => (await client.eval(quotaScripts.enter, 1, keyOf(key), limit, token, stayMs)) === 1,
        async () => true,
      );
      if (isIn) return keepPlace({ ready, attempt, key: keyOf(key), token, leave });
      await leave();
      return undefined;
    },
  };
}

async function takeInRedis(
  client: Redis,
  amounts: readonly MeterAmount[],
  must: boolean,
  keyOf: (key: string) => string,
): Promise<TakeResult> {
  const keys = amounts.map(({ meter }) => keyOf(meter.key));
  const values = amounts.flatMap(({ meter, amount }) => [
    meter.kind,
    meter.limit,
    meter.kind === 'bucket' ? meter.periodMs : meter.endsAt,
    amount.toFixed(6),
  ]);
  const [taken, now, ...left] = answer.parse(await client.eval(quotaScripts.take, keys.length, ...keys, must ? 1 : 0, ...values));
  const isTaken = taken === '1';
  return {
    taken: isTaken,
    states: amounts.map(({ meter, amount }, index) => toMeterState({ meter, amount: isTaken ? 0 : amount }, left[index] ?? 0, now)),
  };
}

interface Place {
  readonly ready: () => Promise<Redis>;
  readonly attempt: AttemptInRedis;
  readonly key: string;
  readonly token: string;
  /** Gives back the place that this server counts. */
  readonly leave: () => Promise<void>;
}

/** Keeps a place until it is given back. That of a server that dies is free half a minute later. */
function keepPlace({ ready, attempt, key, token, leave }: Place): () => Promise<void> {
  let isGivenBack = false;
  const stay = async (): Promise<void> => {
    try {
      const client = await ready();
      if (!isGivenBack) await client.eval(quotaScripts.stay, 1, key, token, stayMs);
    } catch {
      // Redis is away: the next time tries again.
    }
  };
  const timer = setInterval(() => void stay(), renewEveryMs);
  timer.unref();
  return async () => {
    if (isGivenBack) return;
    isGivenBack = true;
    clearInterval(timer);
    await leave();
    await attempt(
      async (client) => void (await client.zrem(key, token)),
      // It ends by itself, within half a minute.
      async () => {},
    );
  };
}
