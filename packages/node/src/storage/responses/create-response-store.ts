import { GatewayError, type Logger, type ResponseStore } from '@claude-code-api/gateway';
import type { ConversationKey } from '../conversations/conversation-records.ts';
import { parseRecord } from '../conversations/parse-record.ts';
import { bytesOf, type StoredHead } from '../conversations/stored-conversation.ts';
import { trimConversations } from '../conversations/trim-conversations.ts';
import { hashKey } from '../hash-key.ts';
import { repeat } from '../repeat.ts';
import type { StorageBackend } from '../storage-backend.ts';
import { storedInput, toRecordChange, toStoredResponse } from './response-record.ts';

export interface ResponseStoreOptions {
  readonly backend: Pick<StorageBackend, 'responses'>;
  /** How long after it was stored a response is gone. */
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

  const isThere = (head: StoredHead | undefined): head is StoredHead => head !== undefined && head.expiresAt > now();

  /** The change has been made whatever happens here. */
  async function trim(key: ConversationKey): Promise<void> {
    if (maxTenantBytes === Number.POSITIVE_INFINITY) return;
    try {
      await trimConversations(records, { maxBytes, maxTenantBytes }, key);
    } catch (error) {
      logger.warn({ error }, 'The stored responses can not be cut down now');
    }
  }

  return {
    create: (tenant, response) =>
      guard(tenant, response.id, undefined, async (key) => {
        const change = toRecordChange(response, now(), ttlMs);
        if (bytesOf(change.head) > maxTenantBytes) throw responseTooLarge(key.id);
        if (await records.commit(key, change)) await trim(key);
      }),
    read: (tenant, id) =>
      guard(tenant, id, undefined, async (key) => {
        const head = await records.readHead(key);
        return isThere(head) ? toStoredResponse(head) : undefined;
      }),
    readInput: (tenant, id) =>
      guard(tenant, id, undefined, async (key) => {
        const record = await records.read(key);
        const [text] = isThere(record?.head) ? (record?.batches ?? []) : [];
        return text === undefined ? undefined : parseRecord(text, storedInput);
      }),
    delete: (tenant, id) =>
      guard(tenant, id, false, async (key) => {
        for (;;) {
          const head = await records.readHead(key);
          if (!isThere(head)) return false;
          if (await records.remove(key, head)) return true;
        }
      }),
    close: stopSweeping,
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
