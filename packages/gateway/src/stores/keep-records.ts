import { GatewayError } from '../gateway-error.ts';
import type { Logger } from '../ports/logger.ts';
import type { ConversationKey, ConversationRecords } from './conversations/conversation-records.ts';
import { toKeyPart } from './to-key-part.ts';
import { repeat } from './repeat.ts';

/** What stores of records are bound by. */
export interface KeepingOptions {
  /** How long after its last change a record is gone, in milliseconds. */
  readonly ttlMs: number;
  /** The most that all records may take, as JSON in UTF-8. When there is more, the tenant that has most loses those that expire soonest. Default: no bound. */
  readonly maxBytes?: number | undefined;
  /** The most that those of one tenant may take: those that expire soonest go first, and one that takes more by itself is a 413. Default: `maxBytes`. */
  readonly maxTenantBytes?: number | undefined;
  readonly logger: Logger;
  /** The time in milliseconds. Default: `Date.now`. */
  readonly now?: () => number;
}

/** What all stores of records do alike. */
export interface RecordKeeper {
  readonly now: () => number;
  readonly maxTenantBytes: number;
  /** See `ConversationKey`. */
  tenantKeyOf(tenant: string): string;
  /**
   * Does what `task` does with a possible key, and `otherwise` for any other id.
   *
   * @throws {GatewayError} As `guardErrors`.
   */
  guard<Value, Other>(tenant: string, id: string, otherwise: Other, task: (key: ConversationKey) => Promise<Value>): Promise<Value | Other>;
  /** @throws {GatewayError} 503 `storage_unavailable` for whatever else `task` throws. */
  guardErrors<Value>(task: () => Promise<Value>): Promise<Value>;
  /** After a change of `kept`, so that the store does not grow beyond its bound. The change has been made whatever happens here. */
  trim(kept: ConversationKey): Promise<void>;
  /** Ends the removing of what is expired, which happens once a minute. */
  close(): Promise<void>;
}

const sweepEveryMs = 60_000;
/** Few, as a tenant may be named by as much as a header holds. */
const mostTenantKeys = 100;

/** The shape of all ids that are looked up; no other makes a key. */
const possibleId = /^[A-Za-z0-9_-]{1,64}$/;

/** @param what What the records are of, for messages. */
export function keepRecords(what: 'conversations' | 'responses', records: ConversationRecords, options: KeepingOptions): RecordKeeper {
  const { logger, now = Date.now, maxBytes = Number.POSITIVE_INFINITY } = options;
  const maxTenantBytes = Math.min(options.maxTenantBytes ?? maxBytes, maxBytes);
  const tenantKeys = new Map<string, string>();
  const sweeping = repeat(sweepEveryMs, async () => {
    try {
      await records.sweep(now());
    } catch (error) {
      logger.warn({ error }, `Expired ${what} can not be removed now`);
    }
  });

  async function guardErrors<Value>(task: () => Promise<Value>): Promise<Value> {
    try {
      return await task();
    } catch (error) {
      throw GatewayError.isInstance(error) ? error : storageUnavailable(what, error);
    }
  }

  /** Asked several times for each turn, mostly of the same few. */
  function tenantKeyOf(tenant: string): string {
    const known = tenantKeys.get(tenant);
    if (known !== undefined) return known;
    if (tenantKeys.size >= mostTenantKeys) tenantKeys.clear();
    const key = toKeyPart(tenant);
    tenantKeys.set(tenant, key);
    return key;
  }

  return {
    now,
    maxTenantBytes,
    tenantKeyOf,
    async guard(tenant, id, otherwise, task) {
      if (!possibleId.test(id)) return otherwise;
      sweeping.awaken();
      return guardErrors(() => task({ tenantKey: tenantKeyOf(tenant), id }));
    },
    guardErrors,
    async trim(kept) {
      if (maxTenantBytes === Number.POSITIVE_INFINITY) return;
      try {
        await trimConversations(records, { maxBytes, maxTenantBytes }, kept);
      } catch (error) {
        logger.warn({ error }, `The stored ${what} can not be cut down now`);
      }
    },
    close: () => sweeping.stop(),
  };
}

/** What callers are told when a store can not be reached, or can't write. */
function storageUnavailable(what: string, cause: unknown): GatewayError {
  return new GatewayError(`The store of ${what} is not available now. Please try again.`, {
    status: 503,
    code: 'storage_unavailable',
    retryAfterSeconds: 1,
    cause,
  });
}

export interface StorageBounds {
  /** The most that all conversations may take, as JSON in UTF-8. */
  readonly maxBytes: number;
  /** The most that those of one tenant may take. */
  readonly maxTenantBytes: number;
}

/** A change makes one conversation bigger: what is over then is made room for by few. */
const mostEvicted = 10_000;

/**
 * Removes conversations until there is no more than may be: of the tenant that has just changed `kept`, when it has more than its share, and
 * otherwise of the one that has most. Those that expire soonest go, and never `kept` itself.
 */
async function trimConversations(records: ConversationRecords, bounds: StorageBounds, kept: ConversationKey): Promise<void> {
  for (let left = mostEvicted; left > 0; left -= 1) {
    const victim = await findVictim(records, bounds, kept);
    if (victim === undefined) return;
    await records.evict(victim);
  }
}

async function findVictim(
  records: ConversationRecords,
  { maxBytes, maxTenantBytes }: StorageBounds,
  kept: ConversationKey,
): Promise<ConversationKey | undefined> {
  const usage = await records.usage();
  const own = usage.find(({ tenantKey }) => tenantKey === kept.tenantKey);
  const total = usage.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= maxBytes) return own === undefined || own.bytes <= maxTenantBytes ? undefined : soonestOf(records, kept.tenantKey, kept);
  for (const { tenantKey } of usage.toSorted((one, other) => other.bytes - one.bytes)) {
    const victim = await soonestOf(records, tenantKey, kept);
    if (victim !== undefined) return victim;
  }
  return undefined;
}

async function soonestOf(records: ConversationRecords, tenantKey: string, kept: ConversationKey): Promise<ConversationKey | undefined> {
  const ids = await records.soonest(tenantKey, 2);
  const id = ids.find((each) => tenantKey !== kept.tenantKey || each !== kept.id);
  return id === undefined ? undefined : { tenantKey, id };
}
