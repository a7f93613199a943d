import type { CachedAnswer, Logger, ResponseCache } from '@claude-code-api/gateway';
import { LRUCache } from 'lru-cache';
import type { Storage } from 'unstorage';
import { parseAnswerRecord, toAnswerRecord } from './answer-record.ts';
import { createRareWarnings } from './rare-warnings.ts';
import { withinTime } from './within-time.ts';

export interface ResponseCacheOptions {
  readonly storage: Storage;
  /** How many answers are kept of those that this server has written or read. */
  readonly maxEntries: number;
  /** How long an answer is kept. */
  readonly ttlSeconds: number;
  /** Whether answers that were stored before count too. It lists the storage once, so only where that is cheap. Default: false. */
  readonly adopt?: boolean;
  readonly logger: Logger;
  /** Unix time in milliseconds. Default: the clock's. */
  readonly now?: () => number;
}

const prefix = 'cache:';
const validKey = /^[A-Za-z0-9_-]{1,64}$/;

/** How long one operation of the storage may take. */
const limitMs = 2000;

/** How many answers are removed side by side. */
const batchSize = 50;

/** Keeps answers in an unstorage. An operation that fails, or takes longer than two seconds, is logged and passed over. */
export function createResponseCache(options: ResponseCacheOptions): ResponseCache {
  const { storage, maxEntries, ttlSeconds, logger, now = Date.now } = options;
  const warn = createRareWarnings(logger, now);
  const evicted: string[] = [];
  /** The keys by their last use, each with a mark of its last writing. */
  const used = new LRUCache<string, object>({
    max: maxEntries,
    dispose: (_, key, reason) => {
      if (reason === 'evict') evicted.push(key);
    },
  });
  const writing = new Map<string, Promise<void>>();
  let adopting: Promise<void> | undefined;

  /** Undefined when it failed. */
  async function attempt<Value>(message: string, operation: () => Promise<Value>): Promise<Value | undefined> {
    try {
      return await withinTime(operation(), limitMs);
    } catch (error) {
      warn(message, error);
      return undefined;
    }
  }

  /** False when it failed. */
  async function remove(key: string): Promise<boolean> {
    const removed = await attempt('an answer can not be removed from the response cache', async () => {
      await storage.removeItem(prefix + key);
      return true;
    });
    return removed === true;
  }

  async function removeEvicted(): Promise<void> {
    const keys = evicted.splice(0);
    for (let at = 0; at < keys.length; at += batchSize) {
      const removed = await Promise.all(keys.slice(at, at + batchSize).map(remove));
      // A storage that fails is not asked a thousand times more.
      if (removed.includes(false)) return;
    }
  }

  async function adopt(): Promise<void> {
    if (options.adopt !== true) return;
    const found = await attempt('the response cache can not be listed', () => storage.getKeys(prefix));
    for (const key of found ?? []) {
      const own = key.slice(prefix.length);
      if (validKey.test(own) && !used.has(own)) used.set(own, {});
    }
    await removeEvicted();
  }

  /** Whether there can be an answer of this key; the first call takes in what was stored before. */
  async function prepare(key: string): Promise<boolean> {
    if (!validKey.test(key)) {
      warn('a key is not one of the response cache');
      return false;
    }
    await (adopting ??= adopt());
    return true;
  }

  async function read(key: string): Promise<unknown> {
    const value: unknown = await storage.getItem(prefix + key);
    // Some drivers answer a failure instead of throwing it.
    if (value instanceof Error) throw value;
    return value;
  }

  async function write(key: string, answer: CachedAnswer): Promise<void> {
    const record = toAnswerRecord(answer, now() + ttlSeconds * 1000);
    // Redis drops it by itself; the others do not know this option.
    const ttl = Math.ceil(ttlSeconds);
    await attempt('the response cache can not be written', () => storage.setItem(prefix + key, record, { ttl }));
    // After the writing, so that a removal never comes before it; also when it failed, since a part may be there.
    used.set(key, {});
    await removeEvicted();
  }

  return {
    async get(key) {
      if (!(await prepare(key))) return undefined;
      // Not every driver replaces a record at once.
      await writing.get(key);
      const mark = used.peek(key);
      const value = await attempt('the response cache can not be read', () => read(key));
      if (value === undefined) return undefined;
      if (value === null) {
        // Unless it was written meanwhile.
        if (used.peek(key) === mark) used.delete(key);
        return undefined;
      }
      const record = parseAnswerRecord(value);
      if (record === undefined) warn('an answer in the response cache is damaged');
      if (record === undefined || record.expiresAt <= now()) {
        used.delete(key);
        await remove(key);
        return undefined;
      }
      if (used.get(key) === undefined) used.set(key, {});
      await removeEvicted();
      return record.answer;
    },
    async set(key, answer) {
      if (!(await prepare(key))) return;
      let current = writing.get(key);
      if (current === undefined) {
        current = write(key, answer).finally(() => writing.delete(key));
        writing.set(key, current);
      }
      // Who comes while another answer of the key is written leaves it at that: it is as fresh.
      await current;
    },
  };
}
