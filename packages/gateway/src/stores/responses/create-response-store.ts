import { GatewayError } from '../../gateway-error.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ResponseStore, StoredResponse } from '../../ports/response-store.ts';
import type { ConversationKey, RecordChange } from '../conversations/conversation-records.ts';
import { parseRecord } from '../conversations/parse-record.ts';
import { bytesOf, type StoredHead } from '../conversations/stored-conversation.ts';
import { trimConversations } from '../conversations/trim-conversations.ts';
import { hashKey } from '../hash-key.ts';
import { repeat } from '../repeat.ts';
import type { StorageBackend } from '../storage-backend.ts';
import { storedEvents, storedInput, toBatch, toHead, toStoredResponse, type ResponseFacts } from './response-record.ts';

export interface ResponseStoreOptions {
  readonly backend: Pick<StorageBackend, 'responses'>;
  /** How long after its last change a response is gone. */
  readonly ttlMs: number;
  /** The most that all responses may take, as JSON in UTF-8. When there is more, the tenant that has most loses those that expire soonest. Default: no bound. */
  readonly maxBytes?: number | undefined;
  /** The most that those of one tenant may take: those that expire soonest go first, and one that takes more by itself is a 413. Default: `maxBytes`. */
  readonly maxTenantBytes?: number | undefined;
  readonly logger: Logger;
  /** The time in milliseconds. Default: `Date.now`. */
  readonly now?: () => number;
}

export interface StoredResponses extends ResponseStore {
  /** Ends the sweeping; the backend stays open. */
  close(): Promise<void>;
}

const sweepEveryMs = 60_000;

/** The shape of all ids that are looked up; no other makes a key. */
const possibleId = /^[A-Za-z0-9_-]{1,64}$/;

/** The store of responses over any backend. */
export function createResponseStore(options: ResponseStoreOptions): StoredResponses {
  const { logger, ttlMs, now = Date.now } = options;
  const { maxBytes = Number.POSITIVE_INFINITY } = options;
  const maxTenantBytes = Math.min(options.maxTenantBytes ?? maxBytes, maxBytes);
  const { responses: records } = options.backend;
  const sweeping = repeat(sweepEveryMs, async () => {
    try {
      await records.sweep(now());
    } catch (error) {
      logger.warn({ error }, 'Expired responses can not be removed now');
    }
  });

  async function guard<Value, Other>(
    tenant: string,
    id: string,
    otherwise: Other,
    task: (key: ConversationKey) => Promise<Value>,
  ): Promise<Value | Other> {
    if (!possibleId.test(id)) return otherwise;
    sweeping.awaken();
    try {
      return await task({ tenantKey: hashKey(tenant), id });
    } catch (error) {
      throw GatewayError.isInstance(error) ? error : storageUnavailable(error);
    }
  }

  async function readHead(key: ConversationKey): Promise<StoredHead | undefined> {
    const head = await records.readHead(key);
    return head !== undefined && head.expiresAt > now() ? head : undefined;
  }

  /** The texts of some batches; undefined where one is missing. */
  async function readBatches(key: ConversationKey, wanted: ReadonlySet<string>): Promise<string[] | undefined> {
    const record = await records.read(key, (batch) => !wanted.has(batch));
    const texts = record?.batches.filter((_, index) => wanted.has(record.head.batches[index]?.key ?? ''));
    return texts?.every((text) => text !== undefined) === true ? texts : undefined;
  }

  /** The change has been made whatever happens here. */
  async function trim(key: ConversationKey): Promise<void> {
    if (maxTenantBytes === Number.POSITIVE_INFINITY) return;
    try {
      await trimConversations(records, { maxBytes, maxTenantBytes }, key);
    } catch (error) {
      logger.warn({ error }, 'The stored responses can not be cut down now');
    }
  }

  async function commit(key: ConversationKey, change: Omit<RecordChange, 'keepMs'>): Promise<boolean> {
    if (bytesOf(change.head) > maxTenantBytes) throw responseTooLarge(key.id);
    const isMade = await records.commit(key, { ...change, keepMs: ttlMs });
    if (isMade) await trim(key);
    return isMade;
  }

  /** Changes a response that runs, again as long as someone else is faster. */
  async function changeRunning(
    key: ConversationKey,
    change: (stored: StoredResponse) => { readonly facts: ResponseFacts; readonly events: readonly string[] },
  ): Promise<StoredResponse | undefined> {
    for (;;) {
      const follows = await readHead(key);
      const stored = follows && toStoredResponse(follows);
      const state = stored?.background?.state ?? 'ended';
      if (follows === undefined || stored === undefined || state === 'ended') return undefined;
      const { facts, events } = change(stored);
      const { batch, added } = toBatch(follows.batches.length, events);
      const { id, createdAt } = follows;
      const batches = events.length === 0 ? follows.batches : [...follows.batches, batch];
      const head = toHead({ id, createdAt, batches }, facts, now(), ttlMs);
      if (await commit(key, { follows, head, ...(events.length > 0 && { added }) })) return toStoredResponse(head);
    }
  }

  async function readEvents(key: ConversationKey, from: number): Promise<readonly string[] | undefined> {
    const head = await readHead(key);
    if (head === undefined) return undefined;
    let skipped = 0;
    const wanted = new Set<string>();
    for (const batch of head.batches.slice(1)) {
      if (wanted.size > 0 || skipped + batch.itemCount > from) wanted.add(batch.key);
      else skipped += batch.itemCount;
    }
    if (wanted.size === 0) return [];
    const texts = await readBatches(key, wanted);
    return texts?.flatMap((text) => parseRecord(text, storedEvents) ?? []).slice(from - skipped);
  }

  return {
    create: (tenant, response) =>
      guard(tenant, response.id, undefined, async (key) => {
        const { id, told, position, input, isRunning } = response;
        const { batch, added } = toBatch(0, input);
        const facts: ResponseFacts = { told, position, state: isRunning === true ? 'running' : undefined };
        await commit(key, { head: toHead({ id, createdAt: now(), batches: [batch] }, facts, now(), ttlMs), added });
      }),
    read: (tenant, id) =>
      guard(tenant, id, undefined, async (key) => {
        const head = await readHead(key);
        return head && toStoredResponse(head);
      }),
    readInput: (tenant, id) =>
      guard(tenant, id, undefined, async (key) => {
        if ((await readHead(key)) === undefined) return undefined;
        const [text] = (await readBatches(key, new Set([toBatch(0, []).batch.key]))) ?? [];
        return text === undefined ? undefined : parseRecord(text, storedInput);
      }),
    readEvents: (tenant, id, from) => guard(tenant, id, undefined, (key) => readEvents(key, from)),
    update: (tenant, id, { told, position, isRunning, events, after }) =>
      guard(tenant, id, undefined, (key) =>
        changeRunning(key, ({ background }) => ({
          facts: { told, position, state: isRunning ? background?.state : 'ended' },
          events: events.slice(Math.max(0, (background?.eventCount ?? 0) - after)),
        })),
      ),
    cancel: (tenant, id) =>
      guard(tenant, id, false, async (key) => {
        const changed = await changeRunning(key, ({ told, position }) => ({ facts: { told, position, state: 'cancelling' }, events: [] }));
        return changed !== undefined;
      }),
    delete: (tenant, id) =>
      guard(tenant, id, false, async (key) => {
        for (;;) {
          const head = await readHead(key);
          if (head === undefined) return false;
          if (await records.remove(key, head)) return true;
        }
      }),
    hold: (tenant, id) => guard(tenant, id, undefined, (key) => records.hold(key)),
    close: () => sweeping.stop(),
  };
}

function storageUnavailable(cause: unknown): GatewayError {
  return new GatewayError('The store of responses is not available now. Please try again.', {
    status: 503,
    code: 'storage_unavailable',
    retryAfterSeconds: 1,
    cause,
  });
}

function responseTooLarge(id: string): GatewayError {
  return new GatewayError(
    `The response '${id}' would be larger than all of yours together may be on this server, so it was not stored. Send less, or \`store: false\`.`,
    { status: 413, code: 'response_too_large', shouldRetry: false },
  );
}
