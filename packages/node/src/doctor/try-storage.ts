import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Storage } from 'unstorage';

/** It goes by itself where a storage can do that, should the doctor be ended meanwhile. */
const ttl = 60;

/**
 * Writes a record, reads it back and deletes it.
 *
 * @throws {Error} When something of it fails.
 */
export async function tryStorage(storage: Storage): Promise<void> {
  const id = randomUUID();
  const key = `doctor:${id}`;
  await storage.setItem(key, { id }, { ttl });
  const read: unknown = await storage.getItem(key);
  await storage.removeItem(key);
  if (!isDeepStrictEqual(read, { id })) throw new Error('What was written was not what was read.');
}
