import type { ConversationKey, ConversationRecords } from './conversation-records.ts';

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
export async function trimConversations(records: ConversationRecords, bounds: StorageBounds, kept: ConversationKey): Promise<void> {
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
