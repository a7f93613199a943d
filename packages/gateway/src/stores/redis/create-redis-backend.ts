import { type Logger, silentLogger } from '../../ports/logger.ts';
import { newSecret } from '../new-secret.ts';
import type { StorageBackend } from '../storage-backend.ts';
import { createRedisQuotaStore } from './create-redis-quota-store.ts';
import { createRedisRecords } from './create-redis-records.ts';
import { createRedisStorage } from './create-redis-storage.ts';
import type { RedisCommand } from './redis-command.ts';
import { defaultKeyPrefix } from './redis-keys.ts';

/** How a Redis is asked. */
export interface RedisBackendOptions {
  /** What asks Redis: over HTTP by `createRedisOverHttp`, or with any client that has a connection. */
  readonly command: RedisCommand;
  /** What all keys begin with. Default: `claude-code-api`. */
  readonly keyPrefix?: string;
  /** Where to write what happens. Default: nowhere. */
  readonly logger?: Logger;
}

/** A place for any number of gateways, in Redis. Who opened the connection closes it. */
export function createRedisBackend({ command, keyPrefix = defaultKeyPrefix, logger = silentLogger }: RedisBackendOptions): StorageBackend {
  return {
    sharing: 'shared',
    storage: createRedisStorage(command, keyPrefix),
    records: createRedisRecords({ command, keyPrefix, noun: 'conversation', logger }),
    responses: createRedisRecords({ command, keyPrefix: `${keyPrefix}:responses`, noun: 'response', logger }),
    async secret() {
      await command('SET', `${keyPrefix}:secret`, newSecret(), 'NX');
      return String(await command('GET', `${keyPrefix}:secret`));
    },
    quotas: createRedisQuotaStore({ command, keyPrefix, logger }),
    async close() {},
  };
}
