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

/** The most keys that one call takes. */
const mostAtOnce = 128;
const listedAtOnce = 1000;

/** How long to wait before items that are over are looked for again, when one with an end is stored. */
const lookAgainAfterMs = 3_600_000;

/** How many pieces an item has, and for one that has an end, when that is: Unix time in milliseconds. */
const headSchema = z.optional(z.union([z.number(), z.tuple([z.number(), z.number()])]));

const headOf = (key: string): string => `item:${key}`;
const pieceOf = (key: string, index: number): string => `piece:${index}:${key}`;

/**
 * The storage of a Durable Object as unstorage has them, for `createLocalBackend`. An item is how many pieces it has, and these. What is written
 * without a wait in between is written as a whole. What has the option `ttl` (seconds) is gone after that.
 */
export function createDurableObjectStorage(storage: DurableObjectStorage): Storage {
  const queue = createKeyedQueue();

  let lookAgainAt = 0;

  async function readHead(key: string): Promise<Head> {
    return toHead((await storage.get([headOf(key)])).get(headOf(key)));
  }

  async function readPieces(key: string, pieces: number): Promise<string> {
    const keys = Array.from({ length: pieces }, (_, index) => pieceOf(key, index));
    const found = await Promise.all(inGroups(keys).map((group) => storage.get(group)));
    const texts = new Map(found.flatMap((each) => [...each]));
    return keys.map((each) => z.string().parse(texts.get(each))).join('');
  }

  /** In place of an item that has so many pieces. */
  async function write(key: string, text: string, before: number, endsAt: number | undefined): Promise<void> {
    const pieces = Math.ceil(text.length / pieceLength);
    const entries: [string, unknown][] = [[headOf(key), endsAt === undefined ? pieces : [pieces, endsAt]]];
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

  /** Removes an item; `onlyWhen` has the last word. */
  function remove(key: string, onlyWhen: (head: Head) => boolean = () => true): Promise<void> {
    return queue.run(key, async () => {
      const head = await readHead(key);
      if (onlyWhen(head)) await Promise.all([storage.delete([headOf(key)]), ...deletePieces(key, 0, head.pieces)]);
    });
  }

  async function* heads(base: string): AsyncGenerator<[key: string, value: unknown]> {
    let last: string | undefined;
    for (;;) {
      const page = await storage.list({ prefix: headOf(base), limit: listedAtOnce, ...(last !== undefined && { startAfter: last }) });
      for (const [key, value] of page) {
        last = key;
        yield [key.slice(headOf('').length), value];
      }
      if (page.size < listedAtOnce) return;
    }
  }

  async function removeOver(now: number): Promise<void> {
    if (now < lookAgainAt) return;
    lookAgainAt = now + lookAgainAfterMs;
    const isOver = ({ endsAt }: Head): boolean => endsAt <= now;
    for await (const [key, value] of heads('')) if (isOver(toHead(value))) await remove(key, isOver);
  }

  return {
    getItem: (key) =>
      queue.run(key, async () => {
        const { pieces, endsAt } = await readHead(key);
        const value: unknown = pieces === 0 || endsAt <= Date.now() ? null : JSON.parse(await readPieces(key, pieces));
        return value;
      }),
    async setItem(key, value, options) {
      const seconds = options?.['ttl'];
      const endsAt = typeof seconds === 'number' ? Date.now() + seconds * 1000 : undefined;
      await queue.run(key, async () => write(key, JSON.stringify(value), (await readHead(key)).pieces, endsAt));
      // Nobody waits for it, and what fails is tried again in an hour.
      if (endsAt !== undefined) removeOver(Date.now()).catch(() => {});
    },
    removeItem: (key) => remove(key),
    async getKeys(base = '') {
      const keys: string[] = [];
      for await (const [key] of heads(base)) keys.push(key);
      return keys;
    },
  };
}

interface Head {
  readonly pieces: number;
  readonly endsAt: number;
}

/** Reads how many pieces an item has, and when it ends; an item that is not there has none. */
function toHead(stored: unknown): Head {
  const head = headSchema.parse(stored) ?? 0;
  const [pieces, endsAt] = typeof head === 'number' ? [head, Number.POSITIVE_INFINITY] : head;
  return { pieces, endsAt };
}

function inGroups<Value>(values: readonly Value[]): Value[][] {
  return Array.from({ length: Math.ceil(values.length / mostAtOnce) }, (_, index) =>
    values.slice(index * mostAtOnce, (index + 1) * mostAtOnce),
  );
}
