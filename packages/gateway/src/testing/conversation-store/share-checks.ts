import { GatewayError } from '../../gateway-error.ts';
import type { ConversationStore } from '../../ports/conversation-store.ts';
import { failureOf } from '../expectations.ts';
import { known, must } from './expectations.ts';
import { conversation, message } from './samples.ts';

/** What a bounded store that is checked may hold. */
export interface StoreBounds {
  readonly maxBytes: number;
  readonly maxTenantBytes: number;
}

export interface ShareCheck {
  readonly name: string;
  /** With a store of nothing else. */
  readonly run: (store: ConversationStore) => Promise<void>;
}

export const shareBounds: StoreBounds = { maxBytes: 40_000, maxTenantBytes: 20_000 };

/** That no tenant of a bounded store takes another's conversations. */
export const shareChecks: readonly ShareCheck[] = [
  { name: 'a tenant that fills the store loses its own conversations, those that expire soonest first, and no others', run: checkFlood },
  { name: 'the tenant that has most makes room for the others', run: checkMost },
  { name: 'a conversation grows at the cost of its own tenant', run: checkGrowth },
  { name: "a conversation that is larger than a tenant's share is refused, and nothing goes for it", run: checkTooLarge },
];

async function fill(store: ConversationStore, tenant: string, count: number, length = 1500): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push((await store.create(tenant, conversation([message('x'.repeat(length))]))).id);
  return ids;
}

async function left(store: ConversationStore, tenant: string, ids: readonly string[]): Promise<string[]> {
  const read = await Promise.all(ids.map((id) => store.read(tenant, id)));
  return ids.filter((_, index) => read[index] !== undefined);
}

async function checkFlood(store: ConversationStore): Promise<void> {
  const good = await fill(store, 'good', 3);
  const flood = await fill(store, 'bad', 40);
  must((await left(store, 'good', good)).length === 3, 'nothing of a tenant that has less goes');
  const kept = await left(store, 'bad', flood);
  must(kept.length > 2 && kept.length < 14, 'a tenant keeps what its share holds');
  must(kept.join() === flood.slice(-kept.length).join(), 'those that expire soonest go first');
}

async function checkMost(store: ConversationStore): Promise<void> {
  await fill(store, 'bad', 20);
  const others = ['one', 'other', 'third'];
  for (const tenant of others) {
    const own = await fill(store, tenant, 5);
    must((await left(store, tenant, own)).length === 5, 'who has less than others keeps all');
  }
  must((await store.list('bad', { limit: 100, order: 'asc' })).conversations.length > 3, 'no more goes than must');
}

async function checkGrowth(store: ConversationStore): Promise<void> {
  const good = await fill(store, 'good', 5);
  const bad = await fill(store, 'bad', 5);
  const id = bad[0] ?? '';
  for (let version = 1; version < 10; version += 1) known(await store.append('bad', id, { version, items: [message('x'.repeat(1500))] }));
  must((await left(store, 'good', good)).length === 5, 'nothing of a tenant that has less goes');
  const kept = await left(store, 'bad', bad);
  must(kept.includes(id) && kept.length < 5, 'the one that grows stays, and others of its tenant go');
}

async function checkTooLarge(store: ConversationStore): Promise<void> {
  const good = await fill(store, 'good', 8);
  const bad = await fill(store, 'bad', 5);
  const id = bad.at(-1) ?? '';
  const large = [message('x'.repeat(shareBounds.maxTenantBytes))];
  for (const failed of [store.create('bad', conversation(large)), store.append('bad', id, { version: 1, items: large })]) {
    const error = await failureOf(failed);
    must(GatewayError.isInstance(error) && error.status === 413, 'what is larger than a share is a 413');
  }
  must((await left(store, 'good', good)).length === 8 && (await left(store, 'bad', bad)).length === 5, 'nothing goes for what is refused');
  must((await store.read('bad', id))?.version === 1, 'what is refused changes nothing');
}
