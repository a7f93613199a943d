import { GatewayError } from '../gateway-error.ts';
import type { Conversation, ConversationInfo, ConversationStore } from '../ports/conversation-store.ts';

/** How long a store in memory keeps conversations. */
export interface MemoryConversationStoreOptions {
  /** How long a conversation stays after its last change, in milliseconds. Default: 3,600,000. */
  readonly ttlMs?: number;
}

interface Kept {
  readonly conversation: Conversation;
  /** When it came to its digest: a count of all writes. */
  readonly reached: number;
}

/** `createdAt` is absent in what is new. */
type Content = Omit<Conversation, 'createdAt' | 'updatedAt' | 'expiresAt' | 'itemCount'> & Partial<Pick<Conversation, 'createdAt'>>;

/** A `ConversationStore` that keeps the whole contract in a map, for tests: it is not bounded, and gone with the process. */
export function createMemoryConversationStore({ ttlMs = 3_600_000 }: MemoryConversationStoreOptions = {}): ConversationStore {
  const tenants = new Map<string, Map<string, Kept>>();
  const held = new Set<string>();
  let writes = 0;

  function of(tenant: string): Map<string, Kept> {
    const kept = tenants.get(tenant) ?? new Map<string, Kept>();
    tenants.set(tenant, kept);
    for (const [id, { conversation }] of kept) if (conversation.expiresAt <= Date.now()) kept.delete(id);
    return kept;
  }

  function write(tenant: string, content: Content, reached = ++writes): ConversationInfo {
    const updatedAt = Date.now();
    const conversation = { createdAt: updatedAt, ...content, updatedAt, expiresAt: updatedAt + ttlMs, itemCount: content.items.length };
    of(tenant).set(content.id, { conversation: structuredClone(conversation), reached });
    return toInfo(conversation);
  }

  return {
    async create(tenant, { digest, ...conversation }) {
      if (of(tenant).has(conversation.id)) throw conversationExists(conversation.id);
      return write(tenant, { ...conversation, version: 1, ...(digest !== undefined && { digest }) });
    },
    async read(tenant, id) {
      return structuredClone(of(tenant).get(id)?.conversation);
    },
    async append(tenant, id, { version, items, system, model, digest }) {
      const kept = of(tenant).get(id)?.conversation;
      if (kept?.version !== version) return undefined;
      return write(tenant, {
        ...withoutDigest(kept),
        version: version + 1,
        items: [...kept.items, ...items],
        ...(system !== undefined && { system }),
        ...(model !== undefined && { model }),
        ...(digest !== undefined && { digest }),
      });
    },
    async updateMetadata(tenant, id, metadata) {
      const kept = of(tenant).get(id);
      return kept && write(tenant, { ...kept.conversation, metadata }, kept.reached);
    },
    async removeItem(tenant, id, itemId) {
      const kept = of(tenant).get(id)?.conversation;
      if (kept?.items.some((item) => item.id === itemId) !== true) return undefined;
      const items = kept.items.filter((item) => item.id !== itemId);
      return write(tenant, { ...withoutDigest(kept), version: kept.version + 1, items });
    },
    async delete(tenant, id) {
      return of(tenant).delete(id);
    },
    async list(tenant, { limit, order, after }) {
      const sign = order === 'asc' ? 1 : -1;
      const compare = (one: string, other: string): number => sign * (one < other ? -1 : Number(one > other));
      const found = [...of(tenant).values()]
        .map(({ conversation }) => toInfo(conversation))
        .filter(({ id }) => after === undefined || compare(id, after) > 0)
        .toSorted((one, other) => compare(one.id, other.id));
      return { conversations: found.slice(0, limit), hasMore: found.length > limit };
    },
    async find(tenant, digest) {
      const found = [...of(tenant).values()].filter(({ conversation }) => conversation.digest === digest);
      const [last] = found.toSorted((one, other) => other.reached - one.reached);
      return last && toInfo(last.conversation);
    },
    async hold(tenant, id) {
      const key = JSON.stringify([tenant, id]);
      if (held.has(key)) return undefined;
      held.add(key);
      let mine = true;
      return async () => {
        if (mine) held.delete(key);
        mine = false;
      };
    },
  };
}

function toInfo({ items: _items, ...info }: Conversation): ConversationInfo {
  return structuredClone(info);
}

function withoutDigest({ digest: _digest, ...conversation }: Conversation): Conversation {
  return conversation;
}

function conversationExists(id: string): GatewayError {
  return new GatewayError(`There is a conversation with the id '${id}' already.`, {
    status: 409,
    code: 'conversation_exists',
  });
}
