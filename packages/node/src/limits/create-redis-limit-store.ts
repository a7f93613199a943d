import { randomUUID } from 'node:crypto';
import {
  createMemoryLimitStore,
  toMeterState,
  type LimitStore,
  type Logger,
  type MeterAmount,
  type TakeResult,
} from '@claude-code-api/gateway';
import type { Redis } from 'ioredis';
import * as z from 'zod';
import { createRareWarnings } from '../cache/rare-warnings.ts';
import { limitScripts } from './limit-scripts.ts';

export interface RedisLimitStoreOptions {
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
 * Counts in Redis, for all servers of it. While Redis is away each server counts for itself, so that nobody is refused for that and
 * nobody is without limits.
 */
export function createRedisLimitStore({ ready, keyPrefix, logger }: RedisLimitStoreOptions): LimitStore {
  const alone = createMemoryLimitStore();
  const warn = createRareWarnings(logger, Date.now);
  const keyOf = (key: string): string => `${keyPrefix}:limits:${key}`;

  async function instead<Result>(inRedis: (client: Redis) => Promise<Result>, here: () => Promise<Result>): Promise<Result> {
    try {
      return await inRedis(await ready());
    } catch (error) {
      warn('limits can not be counted in Redis; this server counts for itself meanwhile', error);
      return here();
    }
  }

  return {
    take: (amounts, must) =>
      instead(
        (client) => takeInRedis(client, amounts, must, keyOf),
        () => alone.take(amounts, must),
      ),
    enter: (key, limit) =>
      instead(
        async (client) => {
          const token = randomUUID();
          const isIn = await client.eval(limitScripts.enter, 1, keyOf(key), limit, token, stayMs);
          return isIn === 1 ? keepPlace(ready, keyOf(key), token) : undefined;
        },
        () => alone.enter(key, limit),
      ),
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
  const [taken, now, ...left] = answer.parse(await client.eval(limitScripts.take, keys.length, ...keys, must ? 1 : 0, ...values));
  const isTaken = taken === '1';
  return {
    taken: isTaken,
    states: amounts.map(({ meter, amount }, index) => toMeterState({ meter, amount: isTaken ? 0 : amount }, left[index] ?? 0, now)),
  };
}

/** Keeps a place until it is given back. That of a server that dies is free half a minute later. */
function keepPlace(ready: () => Promise<Redis>, key: string, token: string): () => Promise<void> {
  const tell = async (what: (client: Redis) => Promise<unknown>): Promise<void> => {
    try {
      await what(await ready());
    } catch {
      // Redis is away: the next time tries again, or it ends by itself.
    }
  };
  const timer = setInterval(() => void tell((client) => client.eval(limitScripts.stay, 1, key, token, stayMs)), renewEveryMs);
  timer.unref();
  let isGivenBack = false;
  return async () => {
    if (isGivenBack) return;
    isGivenBack = true;
    clearInterval(timer);
    await tell((client) => client.zrem(key, token));
  };
}
