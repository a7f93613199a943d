import type { Logger, PageRequest } from '@claude-code-api/gateway';
import type { Redis } from 'ioredis';
import { bytesOf, storedHead, type StoredHead } from '../conversations/stored-conversation.ts';
import type {
  ConversationKey,
  ConversationRecord,
  ConversationRecords,
  RecordChange,
  TenantUsage,
} from '../conversations/conversation-records.ts';
import { holdInRedis } from './hold-in-redis.ts';
import { listHeads } from '../conversations/list-heads.ts';
import { parseRecord } from '../conversations/parse-record.ts';
import { createRedisKeys, type RedisKeys } from './redis-keys.ts';
import { redisScripts } from './redis-scripts.ts';

export interface RedisRecordsOptions {
  readonly ready: () => Promise<Redis>;
  readonly keyPrefix: string;
  /** What the log calls one of them. */
  readonly noun: 'conversation' | 'response';
  readonly logger: Logger;
}

/** Redis forgets an expired conversation so much later: servers' clocks differ. */
const slackMs = 60_000;

const sweptAtOnce = 500;

/** Conversations in Redis, for any number of servers. A conversation is one hash, and each change of it one script. */
export function createRedisRecords({ ready, keyPrefix, noun, logger }: RedisRecordsOptions): ConversationRecords {
  const keys = createRedisKeys(keyPrefix);

  function parseHead(key: ConversationKey, text: string | null | undefined): StoredHead | undefined {
    if (text === null || text === undefined) return undefined;
    const head = parseRecord(text, storedHead);
    if (head?.id === key.id) return head;
    logger.warn({ key: keys.conversation(key) }, `A stored ${noun} is damaged and is left out`);
    return undefined;
  }

  async function readHead(key: ConversationKey): Promise<StoredHead | undefined> {
    const client = await ready();
    return parseHead(key, await client.hget(keys.conversation(key), 'head'));
  }

  /** Undefined where it is better to read all at once: nothing is known of it, or it was changed in between. */
  async function readUnknown(
    client: Redis,
    key: ConversationKey,
    isKnown: (batchKey: string) => boolean,
  ): Promise<ConversationRecord | undefined> {
    const head = parseHead(key, await client.hget(keys.conversation(key), 'head'));
    const unknown = head?.batches.filter((batch) => !isKnown(batch.key)).map((batch) => `batch:${batch.key}`);
    if (head === undefined || unknown === undefined || unknown.length === head.batches.length) return undefined;
    const texts = unknown.length === 0 ? [] : await client.hmget(keys.conversation(key), ...unknown);
    if (texts.includes(null)) return undefined;
    const read = new Map(unknown.map((field, index) => [field, texts[index] ?? undefined]));
    return { head, batches: head.batches.map((batch) => read.get(`batch:${batch.key}`)) };
  }

  return {
    readHead,
    async read(key, isKnown) {
      const client = await ready();
      const known = isKnown === undefined ? undefined : await readUnknown(client, key, isKnown);
      if (known !== undefined) return known;
      const fields = await client.hgetall(keys.conversation(key));
      const head = parseHead(key, fields['head']);
      return head && { head, batches: head.batches.map((batch) => fields[`batch:${batch.key}`]) };
    },
    commit: async (key, change) => commit(await ready(), keys, key, change),
    remove: async (key, head) => remove(await ready(), keys, key, head),
    // Each is of this digest still, unless it has just moved on: no need for many.
    histories: async (tenantKey, digest) => (await ready()).lrange(keys.history(tenantKey, digest), 0, 7),
    async list(tenantKey, page, now) {
      const client = await ready();
      return listHeads(page, {
        nextIds: (wanted, after) => nextIds(client, keys.ids(tenantKey), page.order, wanted, after),
        readHead: (id) => readHead({ tenantKey, id }),
        now,
      });
    },
    hold: (key) => holdInRedis(ready, keys.hold(key)),
    async sweep(now) {
      const client = await ready();
      let names: string[];
      do {
        names = await client.zrangebyscore(keys.expiries, '-inf', now, 'LIMIT', 0, sweptAtOnce);
        await Promise.all(names.map((name) => removeExpired(client, keys, toKey(name), now)));
      } while (names.length === sweptAtOnce);
    },
    async usage() {
      const client = await ready();
      return toUsage(await client.zrange(keys.usage, 0, -1, 'WITHSCORES'));
    },
    soonest: async (tenantKey, limit) => (await ready()).zrange(keys.expiriesOf(tenantKey), 0, limit - 1),
    async evict(key) {
      const client = await ready();
      const head = await readHead(key);
      if (head === undefined) await removeExpired(client, keys, key, Number.MAX_SAFE_INTEGER);
      else await remove(client, keys, key, head);
    },
  };
}

async function commit(client: Redis, keys: RedisKeys, key: ConversationKey, change: RecordChange): Promise<boolean> {
  const { added, follows, head, keepMs, removedKey } = change;
  const { tenantKey, id } = key;
  const names = [...keys.allOf(key), keys.history(tenantKey, head.digest), keys.history(tenantKey, follows?.digest)];
  const isOther = head.digest !== follows?.digest;
  const done = await client.eval(
    redisScripts.commit,
    names.length,
    ...names,
    follows?.revision ?? '',
    head.revision,
    JSON.stringify(head),
    Math.ceil(keepMs) + slackMs,
    head.expiresAt,
    id,
    toName(key),
    added?.key ?? '',
    added?.text ?? '',
    removedKey ?? '',
    isOther && follows?.digest !== undefined ? '1' : '',
    isOther && head.digest !== undefined ? '1' : '',
    head.digest === undefined ? '' : '1',
    bytesOf(head),
  );
  return done === 1;
}

async function remove(client: Redis, keys: RedisKeys, key: ConversationKey, head: StoredHead): Promise<boolean> {
  const names = [...keys.allOf(key), keys.history(key.tenantKey, head.digest)];
  const has = head.digest === undefined ? '' : '1';
  return (await client.eval(redisScripts.remove, names.length, ...names, head.revision, key.id, toName(key), has)) === 1;
}

async function removeExpired(client: Redis, keys: RedisKeys, key: ConversationKey, now: number): Promise<void> {
  const names = keys.allOf(key);
  await client.eval(redisScripts.removeExpired, names.length, ...names, now, key.id, toName(key));
}

/** What a conversation is called among the expiries and sizes. */
function toName({ tenantKey, id }: ConversationKey): string {
  return `${tenantKey}:${id}`;
}

function toKey(name: string): ConversationKey {
  const [tenantKey = '', id = ''] = name.split(':');
  return { tenantKey, id };
}

/** Of members and scores in turn. */
function toUsage(list: readonly string[]): TenantUsage[] {
  return list.flatMap((tenantKey, index) => (index % 2 === 0 ? [{ tenantKey, bytes: Number(list[index + 1]) }] : []));
}

/** The next ids of a tenant in their order. */
async function nextIds(
  client: Redis,
  ids: string,
  order: PageRequest['order'],
  wanted: number,
  after: string | undefined,
): Promise<string[]> {
  return order === 'asc'
    ? client.zrangebylex(ids, after === undefined ? '-' : `(${after}`, '+', 'LIMIT', 0, wanted)
    : client.zrevrangebylex(ids, after === undefined ? '+' : `(${after}`, '-', 'LIMIT', 0, wanted);
}
