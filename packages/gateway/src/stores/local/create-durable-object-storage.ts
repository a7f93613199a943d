import * as z from 'zod/mini';
import type { Storage } from '../unstorage-types.ts';
import { createKeyedQueue } from './keyed-queue.ts';

/** The storage of a Durable Object, as far as it is used. */
export interface DurableObjectStorage {
  get(keys: string[]): Promise<Map<string, unknown>>;
  put(entries: Record<string, unknown>): Promise<void>;
  delete(keys: string[]): Promise<unknown>;
  list(options: { prefix: string; startAfter?: string; limit: number }): Promise<Map<string, unknown>>;
}

/** A value takes at most 128 KiB there, and a character two bytes. */
const pieceLength = 60_000;

/** So many keys go in one call. */
const mostAtOnce = 128;
const listedAtOnce = 1000;

const count = z.optional(z.number());

const headOf = (key: string): string => `item:${key}`;
const pieceOf = (key: string, index: number): string => `piece:${index}:${key}`;

/**
 * The storage of a Durable Object as unstorage has them, for `createLocalBackend`. An item is how many pieces it has, and these. What is written
 * without a wait in between is written as a whole.
 */
export function createDurableObjectStorage(storage: DurableObjectStorage): Storage {
  const queue = createKeyedQueue();

  async function countOf(key: string): Promise<number> {
    return count.parse((await storage.get([headOf(key)])).get(headOf(key))) ?? 0;
  }

  async function readPieces(key: string, pieces: number): Promise<string> {
    const keys = Array.from({ length: pieces }, (_, index) => pieceOf(key, index));
    const found = await Promise.all(inGroups(keys).map((group) => storage.get(group)));
    const texts = new Map(found.flatMap((each) => [...each]));
    return keys.map((each) => z.string().parse(texts.get(each))).join('');
  }

  /** In place of an item that has so many pieces. */
  async function write(key: string, text: string, before: number): Promise<void> {
    const pieces = Math.ceil(text.length / pieceLength);
    const entries: [string, unknown][] = [[headOf(key), pieces]];
    for (let index = 0; index < pieces; index += 1) {
      entries.push([pieceOf(key, index), text.slice(index * pieceLength, (index + 1) * pieceLength)]);
    }
    const puts = inGroups(entries).map((group) => storage.put(Object.fromEntries(group)));
    await Promise.all([...puts, ...deletePieces(key, pieces, before)]);
  }

  function deletePieces(key: string, from: number, to: number): Promise<unknown>[] {
    const keys = Array.from({ length: Math.max(0, to - from) }, (_, index) => pieceOf(key, from + index));
    return inGroups(keys).map((group) => storage.delete(group));
  }

  return {
    getItem: (key) =>
      queue.run(key, async () => {
        const pieces = await countOf(key);
        const value: unknown = pieces === 0 ? null : JSON.parse(await readPieces(key, pieces));
        return value;
      }),
    setItem: (key, value) => queue.run(key, async () => write(key, JSON.stringify(value), await countOf(key))),
    removeItem: (key) =>
      queue.run(key, async () => {
        const before = await countOf(key);
        await Promise.all([storage.delete([headOf(key)]), ...deletePieces(key, 0, before)]);
      }),
    async getKeys(base = '') {
      const keys: string[] = [];
      for (;;) {
        const last = keys.at(-1);
        const page = await storage.list({
          prefix: headOf(base),
          limit: listedAtOnce,
          ...(last !== undefined && { startAfter: headOf(last) }),
        });
        for (const key of page.keys()) keys.push(key.slice(headOf('').length));
        if (page.size < listedAtOnce) return keys;
      }
    },
  };
}

function inGroups<Value>(values: readonly Value[]): Value[][] {
  return Array.from({ length: Math.ceil(values.length / mostAtOnce) }, (_, index) =>
    values.slice(index * mostAtOnce, (index + 1) * mostAtOnce),
  );
}
