import * as z from 'zod/mini';
import { type Logger, silentLogger } from '../../ports/logger.ts';
import type { ConversationRecords } from '../conversations/conversation-records.ts';
import { storedHead } from '../conversations/stored-conversation.ts';
import type { StorageBackend } from '../storage-backend.ts';
import { createLeases, type Leases } from './leases.ts';
import { amountsSchema, changeSchema, keySchema, pageSchema } from './served-schemas.ts';

/** How long a hold, and a place of a quota, is had by a gateway that does not renew it. */
const holdMs = 3000;
const placeMs = 30_000;

type Operation = (value: unknown) => Promise<unknown>;

const token = z.string();
const itemSchema = z.union([z.string(), z.custom<object>((value) => typeof value === 'object' && value !== null)]);

/**
 * Lets many gateways share a place that is for one alone, such as a Durable Object: this is the one. They ask it by `createServedBackend`. It
 * knows no callers and no secrets: only gateways may reach it.
 */
export function serveBackend(backend: StorageBackend, logger: Logger = silentLogger): (request: Request) => Promise<Response> {
  const leases = createLeases();
  const { storage, quotas } = backend;
  const operations: Readonly<Record<string, Operation>> = {
    ...operationsOf('records', backend.records, leases),
    ...operationsOf('responses', backend.responses, leases),
    'storage/get': taking(z.string(), (key) => storage.getItem(key)),
    'storage/set': taking(z.object({ key: z.string(), item: itemSchema, ttl: z.exactOptional(z.number()) }), ({ key, item, ...options }) =>
      storage.setItem(key, item, options),
    ),
    'storage/remove': taking(z.string(), (key) => storage.removeItem(key)),
    'storage/keys': taking(z.string(), (base) => storage.getKeys(base)),
    'quotas/take': taking(z.object({ amounts: amountsSchema, must: z.boolean() }), ({ amounts, must }) => quotas.take(amounts, must)),
    'quotas/enter': taking(z.object({ key: z.string(), limit: z.number(), token }), (place) =>
      leases.keep(place.token, placeMs, () => quotas.enter(place.key, place.limit)),
    ),
    release: taking(token, (each) => leases.release(each)),
    secret: () => backend.secret(),
  };

  return async (request) => {
    const name = new URL(request.url).pathname.slice(1);
    try {
      const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
      if (operation === undefined) return new Response(null, { status: 404 });
      return Response.json({ value: await operation(await request.json()) });
    } catch (error) {
      logger.error({ error, operation: name }, 'What is stored here can not be read or changed now');
      return new Response(null, { status: 500 });
    }
  };
}

function taking<Value>(schema: z.ZodMiniType<Value>, run: (value: Value) => Promise<unknown>): Operation {
  return async (value) => run(schema.parse(value));
}

function operationsOf(place: string, records: ConversationRecords, leases: Leases): Record<string, Operation> {
  const key = keySchema;
  const operations = {
    head: taking(key, (each) => records.readHead(each)),
    read: taking(z.object({ key, known: z.array(z.string()) }), (asked) => records.read(asked.key, (batch) => asked.known.includes(batch))),
    commit: taking(z.object({ key, change: changeSchema }), (asked) => records.commit(asked.key, asked.change)),
    remove: taking(z.object({ key, head: storedHead }), (asked) => records.remove(asked.key, asked.head)),
    histories: taking(z.object({ tenantKey: z.string(), digest: z.string() }), (asked) => records.histories(asked.tenantKey, asked.digest)),
    list: taking(z.object({ tenantKey: z.string(), page: pageSchema, now: z.number() }), (asked) =>
      records.list(asked.tenantKey, asked.page, asked.now),
    ),
    hold: taking(z.object({ key, token }), (asked) => leases.keep(asked.token, holdMs, () => records.hold(asked.key))),
    sweep: taking(z.number(), (now) => records.sweep(now)),
    usage: () => records.usage(),
    soonest: taking(z.object({ tenantKey: z.string(), limit: z.number() }), (asked) => records.soonest(asked.tenantKey, asked.limit)),
    evict: taking(key, (each) => records.evict(each)),
  };
  return Object.fromEntries(Object.entries(operations).map(([name, operation]) => [`${place}/${name}`, operation]));
}
