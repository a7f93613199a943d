import * as z from 'zod/mini';
import type { Storage } from '../unstorage-types.ts';
import type { RedisCommand } from './redis-command.ts';

const text = z.nullable(z.string());
const page = z.tuple([z.coerce.string(), z.array(z.string())]);

/** Records that stand alone, in Redis, under the keys and in the form that unstorage's own driver has. */
export function createRedisStorage(command: RedisCommand, keyPrefix: string): Storage {
  const keyOf = (key: string): string => `${keyPrefix}:${key}`;
  return {
    async getItem(key) {
      const stored = text.parse(await command('GET', keyOf(key)));
      return stored === null ? null : parseJson(stored);
    },
    async setItem(key, value, options) {
      const ttl = options?.['ttl'];
      await command('SET', keyOf(key), JSON.stringify(value), ...(typeof ttl === 'number' ? ['EX', ttl] : []));
    },
    async removeItem(key) {
      await command('DEL', keyOf(key));
    },
    async getKeys(base = '') {
      const found: string[] = [];
      let cursor = '0';
      do {
        const [next, keys] = page.parse(await command('SCAN', cursor, 'MATCH', `${keyOf(base)}*`, 'COUNT', 1000));
        found.push(...keys.map((key) => key.slice(keyPrefix.length + 1)));
        cursor = next;
      } while (cursor !== '0');
      return found;
    },
  };
}

/** As unstorage does: what is no JSON is a text. */
function parseJson(stored: string): unknown {
  try {
    return JSON.parse(stored);
  } catch {
    return stored;
  }
}
