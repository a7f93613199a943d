import type { CachedAnswer, ResponseCache } from '../../ports/response-cache.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Storage } from '../unstorage-types.ts';
import { byteLength } from '../byte-length.ts';
import { toKeyPart } from '../to-key-part.ts';
import { parseAnswerRecord, toAnswerRecord, type AnswerRecord } from './answer-record.ts';
import { createKeptAnswers } from './kept-answers.ts';
import { createRareWarnings } from '../rare-warnings.ts';
import { withinTime } from '../../basics/waiting.ts';

/** The default of `ResponseCacheOptions.maxBytes`: 64 MB. */
export const defaultCacheBytes = 64_000_000;

/** Where answers are cached, how many, and for how long. */
export interface ResponseCacheOptions {
  readonly storage: Storage;
  /** How many answers are kept of those that this server has written or read. */
  readonly maxEntries: number;
  /** How many of one tenant's. Default: `maxEntries`. */
  readonly maxTenantEntries?: number | undefined;
  /** What they take at most, as JSON in UTF-8. Default: 64 MB. */
  readonly maxBytes?: number | undefined;
  /** What those of one tenant take at most. Default: `maxBytes`. */
  readonly maxTenantBytes?: number | undefined;
  /** How long an answer is kept. */
  readonly ttlSeconds: number;
  /** Whether answers that were stored before count too. It reads them all once, so only where that is cheap. Default: false. */
  readonly adopt?: boolean;
  readonly logger: Logger;
  /** Unix time in milliseconds. Default: the clock's. */
  readonly now?: () => number;
}

const prefix = 'cache:';
const validKey = /^[A-Za-z0-9_-]{1,64}$/;

/** How long one operation of the storage may take. */
const limitMs = 2000;

/** How many answers are read or removed side by side. */
const batchSize = 50;

/** Keeps answers in an unstorage. An operation that fails, or takes longer than two seconds, is logged and passed over. */
export function createResponseCache(options: ResponseCacheOptions): ResponseCache {
  const { storage, maxEntries, maxBytes = defaultCacheBytes, ttlSeconds, logger, now = Date.now } = options;
  const maxTenantBytes = Math.min(options.maxTenantBytes ?? maxBytes, maxBytes);
  const kept = createKeptAnswers({ maxEntries, maxTenantEntries: options.maxTenantEntries ?? maxEntries, maxBytes, maxTenantBytes });
  const warn = createRareWarnings(logger, now);
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

  async function removeAll(keys: readonly string[]): Promise<void> {
    for (let at = 0; at < keys.length; at += batchSize) {
      const removed = await Promise.all(keys.slice(at, at + batchSize).map(remove));
      // A storage that fails is not asked a thousand times more.
      if (removed.includes(false)) return;
    }
  }

  /** Waits for the writing that is under way. On workers that ends with the request that writes, and then never tells. */
  async function settle(key: string, current: Promise<void>): Promise<void> {
    await withinTime(current, 2 * limitMs).catch(() => writing.get(key) === current && writing.delete(key));
  }

  /** Undefined when it failed, null where there is nothing. */
  function read(key: string): Promise<unknown> {
    return attempt('the response cache can not be read', async () => {
      const value: unknown = await storage.getItem(prefix + key);
      // Some drivers answer a failure instead of throwing it.
      if (value instanceof Error) throw value;
      return value;
    });
  }

  /** What was read, unless it is damaged or its time is over: then it goes. */
  async function parse(key: string, value: unknown): Promise<ReturnType<typeof parseAnswerRecord>> {
    const found = parseAnswerRecord(value);
    if (found === undefined) warn('an answer in the response cache is damaged');
    if (found !== undefined && found.record.expiresAt > now()) return found;
    kept.delete(key);
    await remove(key);
    return undefined;
  }

  function add(key: string, record: AnswerRecord): Promise<void> {
    return removeAll(kept.add(key, { tenantKey: record.tenantKey, bytes: bytesOf(record) }));
  }

  async function adopt(): Promise<void> {
    if (options.adopt !== true) return;
    const listed = await attempt('the response cache can not be listed', () => storage.getKeys(prefix));
    const keys = (listed ?? []).map((key) => key.slice(prefix.length)).filter((key) => validKey.test(key));
    for (let at = 0; at < keys.length; at += batchSize) {
      const batch = keys.slice(at, at + batchSize);
      const values = await Promise.all(batch.map(read));
      for (const [index, key] of batch.entries()) {
        const value = values[index];
        const found = value === undefined || value === null ? undefined : await parse(key, value);
        if (found !== undefined) await add(key, found.record);
      }
      if (values.includes(undefined)) return;
    }
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

  async function write(key: string, answer: CachedAnswer, tenant: string): Promise<void> {
    const record = toAnswerRecord(answer, toKeyPart(tenant), now() + ttlSeconds * 1000);
    if (bytesOf(record) > maxTenantBytes) {
      // What it would have replaced is older than what was answered now.
      if (kept.get(key) === undefined) return;
      kept.delete(key);
      await remove(key);
      return;
    }
    // Redis drops it by itself; the others do not know this option.
    const ttl = Math.ceil(ttlSeconds);
    await attempt('the response cache can not be written', () => storage.setItem(prefix + key, record, { ttl }));
    // After the writing, so that a removal never comes before it; also when it failed, since a part may be there.
    await add(key, record);
  }

  return {
    async get(key) {
      if (!(await prepare(key))) return undefined;
      // Not every driver replaces a record at once.
      const current = writing.get(key);
      if (current !== undefined) await settle(key, current);
      const mark = kept.get(key);
      const value = await read(key);
      if (value === undefined) return undefined;
      if (value === null) {
        // Unless it was written meanwhile.
        if (kept.get(key) === mark) kept.delete(key);
        return undefined;
      }
      const found = await parse(key, value);
      if (found === undefined) return undefined;
      if (kept.get(key) === undefined) await add(key, found.record);
      else kept.use(key);
      return found.answer;
    },
    async set(key, answer, tenant) {
      if (!(await prepare(key))) return;
      const before = writing.get(key);
      // Who comes while another answer of the key is written leaves it at that: it is as fresh.
      if (before !== undefined) return settle(key, before);
      const current: Promise<void> = write(key, answer, tenant).finally(() => writing.get(key) === current && writing.delete(key));
      writing.set(key, current);
      await current;
    },
  };
}

function bytesOf(record: AnswerRecord): number {
  return byteLength(JSON.stringify(record));
}
