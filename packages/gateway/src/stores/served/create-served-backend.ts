import * as z from 'zod/mini';
import { GatewayError } from '../../gateway-error.ts';
import { randomId } from '../../basics/random-id.ts';
import { withinTime } from '../../basics/waiting.ts';
import type { ConversationRecords } from '../conversations/conversation-records.ts';
import { storedHead } from '../conversations/stored-conversation.ts';
import { renewUntilReleased } from '../repeat.ts';
import type { StorageBackend } from '../storage-backend.ts';
import { headPageSchema, recordSchema, takeResultSchema, usageSchema } from './served-schemas.ts';

/** How the place is asked that others share. */
export interface ServedBackendOptions {
  /** Asks the place that `serveBackend` serves. Only the path and the body of the request say something. */
  readonly fetch: (request: Request) => Promise<Response>;
}

/** The longest that an answer takes. */
const limitMs = 3000;

const renewHoldEveryMs = 1000;
const renewPlaceEveryMs = 10_000;

const nothing = z.unknown();
const texts = z.array(z.string());

type Ask = <Value>(operation: string, value: unknown, schema: z.ZodMiniType<Value>) => Promise<Value>;

/** A place for any number of gateways, where `serveBackend` serves one. */
export function createServedBackend({ fetch: send }: ServedBackendOptions): StorageBackend {
  const ask: Ask = async (operation, value, schema) => {
    try {
      return await withinTime(post(send, operation, value, schema), limitMs);
    } catch (cause) {
      throw unavailable(cause);
    }
  };
  return {
    sharing: 'shared',
    storage: {
      getItem: async (key) => (await ask('storage/get', key, nothing)) ?? null,
      setItem: async (key, item, options) => void (await ask('storage/set', { key, item, ttl: options?.['ttl'] }, nothing)),
      removeItem: async (key) => void (await ask('storage/remove', key, nothing)),
      getKeys: (base = '') => ask('storage/keys', base, texts),
    },
    records: recordsAt('records', ask),
    responses: recordsAt('responses', ask),
    secret: () => ask('secret', null, z.string()),
    quotas: {
      take: (amounts, must) => ask('quotas/take', { amounts, must }, takeResultSchema),
      enter: (key, limit) => lend(ask, 'quotas/enter', { key, limit }, renewPlaceEveryMs),
    },
    async close() {},
  };
}

async function post<Value>(
  send: ServedBackendOptions['fetch'],
  operation: string,
  value: unknown,
  schema: z.ZodMiniType<Value>,
): Promise<Value> {
  const response = await send(new Request(`http://stores/${operation}`, { method: 'POST', body: JSON.stringify(value) }));
  if (!response.ok) {
    void response.body?.cancel().catch(() => {});
    throw new Error(`The place of the stores answered with the status ${response.status}.`);
  }
  // What answers nothing has no value.
  return schema.parse(z.object({ value: z.optional(z.unknown()) }).parse(await response.json()).value);
}

function recordsAt(place: string, ask: Ask): ConversationRecords {
  const readHead: ConversationRecords['readHead'] = (key) => ask(`${place}/head`, key, z.optional(storedHead));
  return {
    readHead,
    async read(key, isKnown) {
      const head = isKnown && (await readHead(key));
      const known = head?.batches.map((batch) => batch.key).filter((batch) => isKnown?.(batch)) ?? [];
      const record = await ask(`${place}/read`, { key, known }, z.optional(recordSchema));
      return record && { head: record.head, batches: record.batches.map((text) => text ?? undefined) };
    },
    commit: (key, change) => ask(`${place}/commit`, { key, change }, z.boolean()),
    remove: (key, head) => ask(`${place}/remove`, { key, head }, z.boolean()),
    histories: (tenantKey, digest) => ask(`${place}/histories`, { tenantKey, digest }, texts),
    list: (tenantKey, page, now) => ask(`${place}/list`, { tenantKey, page, now }, headPageSchema),
    hold: (key) => lend(ask, `${place}/hold`, { key }, renewHoldEveryMs),
    sweep: async (now) => void (await ask(`${place}/sweep`, now, nothing)),
    usage: () => ask(`${place}/usage`, null, usageSchema),
    soonest: (tenantKey, limit) => ask(`${place}/soonest`, { tenantKey, limit }, texts),
    evict: async (key) => void (await ask(`${place}/evict`, key, nothing)),
  };
}

/** Takes what has to be renewed, under a token of its own. */
async function lend(ask: Ask, operation: string, value: object, everyMs: number): Promise<(() => Promise<void>) | undefined> {
  const token = randomId();
  const keep = (): Promise<boolean> => ask(operation, { ...value, token }, z.boolean());
  const release = (): Promise<unknown> => ask('release', token, nothing);
  try {
    if (!(await keep())) return undefined;
  } catch (error) {
    // It may be had all the same, or be about to.
    void release().catch(() => {});
    throw error;
  }
  return renewUntilReleased(everyMs, keep, release);
}

function unavailable(cause: unknown): GatewayError {
  return new GatewayError('What is stored is not available now. Please try again.', {
    status: 503,
    code: 'storage_unavailable',
    retryAfterSeconds: 1,
    cause,
  });
}
