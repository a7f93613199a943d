import { GatewayError } from '../../gateway-error.ts';
import type { ResponseStore, StoredResponse } from '../../ports/response-store.ts';
import type { ConversationKey, RecordChange } from '../conversations/conversation-records.ts';
import { parseRecord } from '../conversations/parse-record.ts';
import { bytesOf, type StoredHead } from '../conversations/stored-conversation.ts';
import { type KeepingOptions, keepRecords } from '../keep-records.ts';
import type { StorageBackend } from '../storage-backend.ts';
import { storedEvents, storedInput, toBatch, toHead, toStoredResponse, type ResponseFacts } from './response-record.ts';

/** Where responses are kept, for how long, and how much of them. */
export interface ResponseStoreOptions extends KeepingOptions {
  readonly backend: Pick<StorageBackend, 'responses'>;
}

/** A response store that removes what is expired, and must be closed. */
export interface StoredResponses extends ResponseStore {
  /** Ends the sweeping; the backend stays open. */
  close(): Promise<void>;
}

/** The store of responses over any backend. */
export function createResponseStore(options: ResponseStoreOptions): StoredResponses {
  const { ttlMs } = options;
  const { responses: records } = options.backend;
  const keeper = keepRecords('responses', records, options);
  const { now, maxTenantBytes } = keeper;

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

  async function commit(key: ConversationKey, change: Omit<RecordChange, 'keepMs'>): Promise<boolean> {
    if (bytesOf(change.head) > maxTenantBytes) throw responseTooLarge(key.id);
    const isMade = await records.commit(key, { ...change, keepMs: ttlMs });
    if (isMade) await keeper.trim(key);
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
      keeper.guard(tenant, response.id, undefined, async (key) => {
        const { id, told, position, input, isRunning } = response;
        const { batch, added } = toBatch(0, input);
        const facts: ResponseFacts = { told, position, state: isRunning === true ? 'running' : undefined };
        const createdAt = now();
        await commit(key, { head: toHead({ id, createdAt, batches: [batch] }, facts, createdAt, ttlMs), added });
      }),
    read: (tenant, id) =>
      keeper.guard(tenant, id, undefined, async (key) => {
        const head = await readHead(key);
        return head && toStoredResponse(head);
      }),
    readInput: (tenant, id) =>
      keeper.guard(tenant, id, undefined, async (key) => {
        if ((await readHead(key)) === undefined) return undefined;
        const [text] = (await readBatches(key, new Set([toBatch(0, []).batch.key]))) ?? [];
        return text === undefined ? undefined : parseRecord(text, storedInput);
      }),
    readEvents: (tenant, id, from) => keeper.guard(tenant, id, undefined, (key) => readEvents(key, from)),
    update: (tenant, id, { told, position, isRunning, events, after }) =>
      keeper.guard(tenant, id, undefined, (key) =>
        changeRunning(key, ({ background }) => ({
          facts: { told, position, state: isRunning ? background?.state : 'ended' },
          events: events.slice(Math.max(0, (background?.eventCount ?? 0) - after)),
        })),
      ),
    cancel: (tenant, id) =>
      keeper.guard(tenant, id, false, async (key) => {
        const changed = await changeRunning(key, ({ told, position }) => ({ facts: { told, position, state: 'cancelling' }, events: [] }));
        return changed !== undefined;
      }),
    delete: (tenant, id) =>
      keeper.guard(tenant, id, false, async (key) => {
        for (;;) {
          const head = await readHead(key);
          if (head === undefined) return false;
          if (await records.remove(key, head)) return true;
        }
      }),
    hold: (tenant, id) => keeper.guard(tenant, id, undefined, (key) => records.hold(key)),
    close: () => keeper.close(),
  };
}

function responseTooLarge(id: string): GatewayError {
  return new GatewayError(
    `The response '${id}' would be larger than all of yours together may be on this server, so it was not stored. Send less, or \`store: false\`.`,
    { status: 413, code: 'response_too_large', shouldRetry: false },
  );
}
