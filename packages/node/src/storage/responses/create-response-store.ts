import { GatewayError, type Logger, type NewResponse, type ResponseStore } from '@claude-code-api/gateway';
import type { ConversationKey, RecordChange } from '../conversations/conversation-records.ts';
import { parseRecord } from '../conversations/parse-record.ts';
import { bytesOf, type StoredHead } from '../conversations/stored-conversation.ts';
import { trimConversations } from '../conversations/trim-conversations.ts';
import { hashKey } from '../hash-key.ts';
import { repeat } from '../repeat.ts';
import type { StorageBackend } from '../storage-backend.ts';
import { batchOf, toHead, toStoredResponse, storedEvents, storedInput, type ResponseHead } from './response-record.ts';

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

const nothingHeld = async (): Promise<void> => {};

/** The store of responses over any backend. The first batch of a response's record is its input, each that follows some of its events. */
export function createResponseStore(options: ResponseStoreOptions): StoredResponses {
  const { logger, ttlMs, now = Date.now } = options;
  const { maxBytes = Number.POSITIVE_INFINITY } = options;
  const maxTenantBytes = Math.min(options.maxTenantBytes ?? maxBytes, maxBytes);
  const { responses: records } = options.backend;
  const stopSweeping = repeat(sweepEveryMs, async () => {
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

  /** The texts of the batches from one on; undefined where one is missing. */
  async function readBatches(key: ConversationKey, isKnown: (batchKey: string) => boolean): Promise<string[] | undefined> {
    const record = await records.read(key, isKnown);
    const texts = record?.batches.filter((_, index) => !isKnown(record.head.batches[index]?.key ?? ''));
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

  /** Makes the change that `plan` makes of the present head, again as long as someone else is faster. */
  async function changeRunning(
    key: ConversationKey,
    plan: (head: ResponseHead) => Omit<RecordChange, 'keepMs' | 'follows'>,
  ): Promise<boolean> {
    for (;;) {
      const head = await readHead(key);
      const response = head && toStoredResponse(head);
      if (head === undefined || response?.isRunning !== true) return false;
      if (await commit(key, { ...plan(head), follows: head })) return true;
    }
  }

  return {
    create: (tenant, response) =>
      guard(tenant, response.id, undefined, async (key) => {
        const { input, events = [], ...state } = response;
        // The one commit of a new record has one batch: events follow.
        const first = batchOf(0, input);
        const head = toHead({ id: response.id, createdAt: now(), batches: [first.batch] }, state, now() + ttlMs, now());
        await commit(key, { head, added: first.added });
        if (events.length > 0) await append(key, state, events);
      }),
    read: (tenant, id) =>
      guard(tenant, id, undefined, async (key) => {
        const head = await readHead(key);
        return head && toStoredResponse(head);
      }),
    readInput: (tenant, id) =>
      guard(tenant, id, undefined, async (key) => {
        if ((await readHead(key)) === undefined) return undefined;
        const [text] = (await readBatches(key, (batch) => batch !== batchOf(0, []).batch.key)) ?? [];
        return text === undefined ? undefined : parseRecord(text, storedInput);
      }),
    readEvents: (tenant, id, from) => guard(tenant, id, undefined, (key) => readEvents(key, from)),
    update: (tenant, id, { events, ...state }) => guard(tenant, id, false, (key) => append(key, state, events)),
    delete: (tenant, id) =>
      guard(tenant, id, false, async (key) => {
        for (;;) {
          const head = await readHead(key);
          if (head === undefined) return false;
          if (await records.remove(key, head)) return true;
        }
      }),
    hold: (tenant, id) => guard(tenant, id, nothingHeld, (key) => records.hold(key)),
    close: stopSweeping,
  };

  function append(key: ConversationKey, state: Omit<NewResponse, 'id' | 'input' | 'events'>, events: readonly string[]): Promise<boolean> {
    return changeRunning(key, (head) => {
      const { batch, added } = batchOf(head.batches.length, events);
      const batches = events.length === 0 ? head.batches : [...head.batches, batch];
      return { head: toHead({ ...head, batches }, state, now() + ttlMs, now()), ...(events.length > 0 && { added }) };
    });
  }

  async function readEvents(key: ConversationKey, from: number): Promise<readonly string[] | undefined> {
    const head = await readHead(key);
    if (head === undefined) return undefined;
    const known = new Set(head.batches.slice(0, 1).map((batch) => batch.key));
    let skipped = 0;
    for (const batch of head.batches.slice(1)) {
      if (skipped + batch.itemCount > from) break;
      skipped += batch.itemCount;
      known.add(batch.key);
    }
    if (known.size === head.batches.length) return [];
    const texts = await readBatches(key, (batch) => known.has(batch));
    return texts?.flatMap((text) => parseRecord(text, storedEvents) ?? []).slice(from - skipped);
  }
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
