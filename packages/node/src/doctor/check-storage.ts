import type { Settings } from '../config/settings-schema.ts';
import type { CheckResult } from './check-result.ts';
import { checkFileStorage } from './check-file-storage.ts';
import { checkRedis } from './check-redis.ts';

/** Whether conversations and cached answers can be kept where they should be. */
export async function checkStorage({ storage }: Settings): Promise<CheckResult> {
  switch (storage.driver) {
    case 'memory':
      return { status: 'ok', what: 'in memory: conversations go when the server ends' };
    case 'fs':
      return checkFileStorage(storage);
    case 'redis':
      return checkRedis(storage);
  }
}
