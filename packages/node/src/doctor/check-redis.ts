import { createStorage } from 'unstorage';
import { defaultRedisUrl } from '../config/default-redis-url.ts';
import type { Settings } from '../config/settings-schema.ts';
import { openRedis } from '../storage/redis/open-redis.ts';
import type { CheckResult } from './check-result.ts';
import { messageOf } from './message-of.ts';
import { createNoteLogger, type Note } from './note-logger.ts';
import { tryStorage } from './try-storage.ts';

/** Whether Redis is there, and takes records. */
export async function checkRedis({ url = defaultRedisUrl, key_prefix: keyPrefix }: Settings['storage']): Promise<CheckResult> {
  const { logger, notes } = createNoteLogger();
  const { host, pathname } = new URL(url);
  const place = `${host}${pathname}`;
  const redis = await openRedis({ url, keyPrefix, logger });
  try {
    const client = await redis.ready();
    const begin = performance.now();
    await client.ping();
    const tookMs = (performance.now() - begin).toFixed(1);
    await tryStorage(createStorage({ driver: redis.driver }));
    // Some operators allow no INFO.
    const version = /^redis_version:(\S+)/m.exec(await client.info('server').catch(() => ''))?.[1] ?? 'of an unknown version';
    return { status: 'ok', what: `Redis ${version} at ${place} answers in ${tookMs} ms: written, read and deleted` };
  } catch (error) {
    return {
      status: 'fail',
      what: `Redis at ${place}: ${[messageOf(error), ...reasons(notes)].join(' ')}`,
      advice: 'Start Redis there, or say in storage.url where it is, with the user and password that it wants.',
    };
  } finally {
    redis.close();
  }
}

function reasons(notes: readonly Note[]): string[] {
  return notes.flatMap(({ fields }) => (fields['err'] === undefined ? [] : [`(${messageOf(fields['err'])})`])).slice(0, 1);
}
