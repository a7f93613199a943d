import * as z from 'zod/mini';
import { type Logger, silentLogger } from '../../ports/logger.ts';
import { newSecret } from '../new-secret.ts';
import type { StorageBackend } from '../storage-backend.ts';
import type { Storage } from '../unstorage-types.ts';
import { createLocalRecords } from './create-local-records.ts';
import { createStoredQuotaStore } from './create-stored-quota-store.ts';
import { createKeyedQueue } from './keyed-queue.ts';

/** Which storage a local backend is made over. */
export interface LocalBackendOptions {
  /** A storage over any driver of unstorage, as `createStorage` makes it. Nothing else may write there. */
  readonly storage: Storage;
  /** Where to write what happens. Default: nowhere. */
  readonly logger?: Logger;
}

const secretRecord = z.object({ secret: z.string().check(z.minLength(1)) });

/** A place for one gateway, in any storage of unstorage: none of them has a compare-and-set. Who opened the storage closes it, after this. */
export function createLocalBackend({ storage, logger = silentLogger }: LocalBackendOptions): StorageBackend {
  const quotas = createStoredQuotaStore({ storage, logger });
  const queue = createKeyedQueue();
  return {
    sharing: 'single',
    storage,
    records: createLocalRecords({ storage, noun: 'conversation', logger }),
    responses: createLocalRecords({ storage: under('responses:', storage), noun: 'response', logger }),
    // One after another: whoever comes at the same time is to find what the first has made.
    secret: () => queue.run('secret', () => readSecret(storage)),
    quotas,
    close: () => quotas.close(),
  };
}

function under(prefix: string, storage: Storage): Storage {
  return {
    getItem: (key) => storage.getItem(prefix + key),
    setItem: (key, value, options) => storage.setItem(prefix + key, value, options),
    removeItem: (key) => storage.removeItem(prefix + key),
    getKeys: async (base = '') => (await storage.getKeys(prefix + base)).map((key) => key.slice(prefix.length)),
  };
}

/** This gateway alone has the place. */
async function readSecret(storage: Storage): Promise<string> {
  const { data: present } = secretRecord.safeParse(await storage.getItem('secret'));
  if (present !== undefined) return present.secret;
  const secret = newSecret();
  await storage.setItem('secret', { secret });
  return secret;
}
