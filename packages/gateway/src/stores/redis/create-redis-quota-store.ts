import { createPresence } from '../../basics/presence.ts';
import { createMemoryQuotaStore } from '../../quotas/create-memory-quota-store.ts';
import { toMeterState } from '../../quotas/meters.ts';
import type { QuotaStore, MeterAmount, TakeResult } from '../../ports/quota-store.ts';
import type { Logger } from '../../ports/logger.ts';
import { randomId } from '../../basics/random-id.ts';
import { renewUntilReleased } from '../repeat.ts';
import type { RedisCommand } from './redis-command.ts';
import * as z from 'zod/mini';
import { createRareWarnings } from '../rare-warnings.ts';
import { createOwedBudgets } from './create-owed-budgets.ts';
import { createRedisAttempts } from './create-redis-attempts.ts';
import { quotaScripts } from './quota-scripts.ts';

export interface RedisQuotaStoreOptions {
  readonly command: RedisCommand;
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
export function createRedisQuotaStore({ command, keyPrefix, logger }: RedisQuotaStoreOptions): QuotaStore {
  /** Knows what this server has taken, always. */
  const alone = createMemoryQuotaStore();
  const owed = createOwedBudgets();
  const presence = createPresence();
  const warn = createRareWarnings(logger, Date.now);
  const keyOf = (key: string): string => `${keyPrefix}:limits:${key}`;
  const attempt = createRedisAttempts({
    onLost: (error) => warn('quotas can not be counted in Redis; this server counts for itself meanwhile', error),
    welcome: settle,
  });

  async function settle(): Promise<void> {
    await command('PING');
    const amounts = owed.collect(Date.now());
    if (amounts.length === 0) return;
    try {
      await takeInRedis(command, amounts, false, keyOf);
    } catch (error) {
      owed.add(amounts);
      throw error;
    }
  }

  return {
    take: (amounts, must) =>
      attempt(
        async () => {
          const result = await takeInRedis(command, amounts, must, keyOf);
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
      const present = presence();
      const leaveAlone = await alone.enter(key, limit);
      const leave = async (): Promise<void> => {
        present.leave();
        await leaveAlone?.();
      };
      // This server alone has as many already; other servers can only add to them.
      if (leaveAlone === undefined) {
        present.leave();
        return undefined;
      }
      present.gone = () => void leaveAlone();
      const token = randomId();
      const isIn = await attempt(
        async () => (await command('EVAL', quotaScripts.enter, 1, keyOf(key), limit, token, stayMs)) === 1,
        async () => true,
      );
      if (!isIn) {
        await leave();
        return undefined;
      }
      const giveBack = renewUntilReleased(
        renewEveryMs,
        () => command('EVAL', quotaScripts.stay, 1, keyOf(key), token, stayMs),
        () =>
          attempt(
            async () => void (await command('ZREM', keyOf(key), token)),
            // It ends by itself, within half a minute.
            async () => {},
          ),
      );
      return async () => {
        await leave();
        await giveBack();
      };
    },
  };
}

async function takeInRedis(
  command: RedisCommand,
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
  const [taken, now, ...left] = answer.parse(await command('EVAL', quotaScripts.take, keys.length, ...keys, must ? 1 : 0, ...values));
  const isTaken = taken === '1';
  return {
    taken: isTaken,
    states: amounts.map(({ meter, amount }, index) => toMeterState({ meter, amount: isTaken ? 0 : amount }, left[index] ?? 0, now)),
  };
}
