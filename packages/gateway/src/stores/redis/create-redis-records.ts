import type { Logger } from '../../ports/logger.ts';
import type { PageRequest } from '../../ports/conversation-store.ts';
import * as z from 'zod/mini';
import { bytesOf, storedHead, type StoredHead } from '../conversations/stored-conversation.ts';
import type { ConversationKey, ConversationRecord, ConversationRecords, RecordChange } from '../conversations/conversation-records.ts';
import { holdInRedis } from './hold-in-redis.ts';
import { listHeads } from '../conversations/list-heads.ts';
import { parseRecord } from '../conversations/parse-record.ts';
import { createRedisKeys, type RedisKeys } from './redis-keys.ts';
import type { RedisCommand } from './redis-command.ts';
import { redisScripts } from './redis-scripts.ts';

export interface RedisRecordsOptions {
  readonly command: RedisCommand;
  readonly keyPrefix: string;
  /** What the log calls one of them. */
  readonly noun: 'conversation' | 'response';
  readonly logger: Logger;
}

/** Redis forgets an expired conversation so much later: servers' clocks differ. */
const slackMs = 60_000;

const sweptAtOnce = 500;

const textReply = z.nullable(z.string());
const textsReply = z.array(z.string());
const someTextsReply = z.array(z.nullable(z.string()));
/** Scores are texts, or numbers by HTTP. */
const scoresReply = z.array(z.coerce.string());

/** Conversations in Redis, for any number of servers. A conversation is one hash, and each change of it one script. */
export function createRedisRecords({ command, keyPrefix, noun, logger }: RedisRecordsOptions): ConversationRecords {
  const keys = createRedisKeys(keyPrefix);

  function parseHead(key: ConversationKey, text: string | null | undefined): StoredHead | undefined {
    if (text === null || text === undefined) return undefined;
    const head = parseRecord(text, storedHead);
    if (head?.id === key.id) return head;
    logger.warn({ key: keys.conversation(key) }, `A stored ${noun} is damaged and is left out`);
    return undefined;
  }

  async function readHead(key: ConversationKey): Promise<StoredHead | undefined> {
    return parseHead(key, textReply.parse(await command('HGET', keys.conversation(key), 'head')));
  }

  /** Undefined where it is better to read all at once: nothing is known of it, or it was changed in between. */
  async function readUnknown(key: ConversationKey, isKnown: (batchKey: string) => boolean): Promise<ConversationRecord | undefined> {
    const head = await readHead(key);
    const unknown = head?.batches.filter((batch) => !isKnown(batch.key)).map((batch) => `batch:${batch.key}`);
    if (head === undefined || unknown === undefined || unknown.length === head.batches.length) return undefined;
    const found = unknown.length === 0 ? [] : someTextsReply.parse(await command('HMGET', keys.conversation(key), ...unknown));
    if (found.includes(null)) return undefined;
    const read = new Map(unknown.map((field, index) => [field, found[index] ?? undefined]));
    return { head, batches: head.batches.map((batch) => read.get(`batch:${batch.key}`)) };
  }

  return {
    readHead,
    async read(key, isKnown) {
      const known = isKnown === undefined ? undefined : await readUnknown(key, isKnown);
      if (known !== undefined) return known;
      const fields = new Map(inPairs(textsReply.parse(await command('HGETALL', keys.conversation(key)))));
      const head = parseHead(key, fields.get('head'));
      return head && { head, batches: head.batches.map((batch) => fields.get(`batch:${batch.key}`)) };
    },
    commit: async (key, change) => commit(command, keys, key, change),
    remove: async (key, head) => remove(command, keys, key, head),
    // Each is of this digest still, unless it has just moved on: no need for many.
    histories: async (tenantKey, digest) => textsReply.parse(await command('LRANGE', keys.history(tenantKey, digest), 0, 7)),
    list: (tenantKey, page, now) =>
      listHeads(page, {
        nextIds: (wanted, after) => nextIds(command, keys.ids(tenantKey), page.order, wanted, after),
        readHead: (id) => readHead({ tenantKey, id }),
        now,
      }),
    hold: (key) => holdInRedis(command, keys.hold(key)),
    async sweep(now) {
      let names: string[];
      do {
        names = textsReply.parse(await command('ZRANGEBYSCORE', keys.expiries, '-inf', now, 'LIMIT', 0, sweptAtOnce));
        await Promise.all(names.map((name) => removeExpired(command, keys, toKey(name), now)));
      } while (names.length === sweptAtOnce);
    },
    async usage() {
      const usage = scoresReply.parse(await command('ZRANGE', keys.usage, 0, -1, 'WITHSCORES'));
      return inPairs(usage).map(([tenantKey, bytes]) => ({ tenantKey, bytes: Number(bytes) }));
    },
    soonest: async (tenantKey, limit) => textsReply.parse(await command('ZRANGE', keys.expiriesOf(tenantKey), 0, limit - 1)),
    async evict(key) {
      const head = await readHead(key);
      if (head === undefined) await removeExpired(command, keys, key, Number.MAX_SAFE_INTEGER);
      else await remove(command, keys, key, head);
    },
  };
}

async function commit(command: RedisCommand, keys: RedisKeys, key: ConversationKey, change: RecordChange): Promise<boolean> {
  const { added, follows, head, keepMs, removedKey } = change;
  const { tenantKey, id } = key;
  const names = [...keys.allOf(key), keys.history(tenantKey, head.digest), keys.history(tenantKey, follows?.digest)];
  const isOther = head.digest !== follows?.digest;
  const done = await command(
    'EVAL',
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

async function remove(command: RedisCommand, keys: RedisKeys, key: ConversationKey, head: StoredHead): Promise<boolean> {
  const names = [...keys.allOf(key), keys.history(key.tenantKey, head.digest)];
  const has = head.digest === undefined ? '' : '1';
  return (await command('EVAL', redisScripts.remove, names.length, ...names, head.revision, key.id, toName(key), has)) === 1;
}

async function removeExpired(command: RedisCommand, keys: RedisKeys, key: ConversationKey, now: number): Promise<void> {
  const names = keys.allOf(key);
  await command('EVAL', redisScripts.removeExpired, names.length, ...names, now, key.id, toName(key));
}

/** What a conversation is called among the expiries and sizes. */
function toName({ tenantKey, id }: ConversationKey): string {
  return `${tenantKey}:${id}`;
}

function toKey(name: string): ConversationKey {
  const [tenantKey = '', id = ''] = name.split(':');
  return { tenantKey, id };
}

/** Reads a list in which names and values take turns. */
function inPairs(list: readonly string[]): [name: string, value: string][] {
  return list.flatMap((name, index) => (index % 2 === 0 ? [[name, list[index + 1] ?? '']] : []));
}

/** The next ids of a tenant in their order. */
async function nextIds(
  command: RedisCommand,
  ids: string,
  order: PageRequest['order'],
  wanted: number,
  after: string | undefined,
): Promise<string[]> {
  const [name, first, last] = order === 'asc' ? ['ZRANGEBYLEX', '-', '+'] : ['ZREVRANGEBYLEX', '+', '-'];
  return textsReply.parse(await command(name, ids, after === undefined ? first : `(${after}`, last, 'LIMIT', 0, wanted));
}
