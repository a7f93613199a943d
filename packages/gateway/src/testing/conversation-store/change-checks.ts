import { newConversationId, newItemId } from '../../conversations/ids.ts';
import type { ConversationStore } from '../../ports/conversation-store.ts';
import { checkUnknown } from './check-unknown.ts';
import { known, must, same } from './expectations.ts';
import { oddIds } from './odd-content.ts';
import { conversation, message } from './samples.ts';
import type { StoreCheck } from './store-check.ts';

/** Metadata, items taken out, and the end of conversations. */
export const changeChecks: readonly StoreCheck[] = [
  { name: 'metadata are replaced, and nothing else', run: checkMetadata },
  { name: 'an item is taken out, and the digest with it', run: checkRemoveItem },
  { name: 'a deleted conversation is unknown to every operation', run: checkDelete },
  { name: 'an expired conversation is unknown to every operation', run: checkExpired, ttlMs: 1000 },
  { name: 'a change puts the expiry off', run: (store, tenant) => checkPutOff(store, tenant), ttlMs: 2000 },
];

async function checkMetadata(store: ConversationStore, tenant: string): Promise<void> {
  const created = await store.create(tenant, { ...conversation([message('0')]), metadata: { a: '1', b: '2' }, digest: 'd' });
  const info = known(await store.updateMetadata(tenant, created.id, { b: '3', c: '4' }));
  const { updatedAt, expiresAt } = info;
  same(info, { ...created, metadata: { b: '3', c: '4' }, updatedAt, expiresAt }, 'the metadata are replaced, and nothing else');
  same(await store.find(tenant, 'd'), info, 'the conversation is found as before');
  must((await store.updateMetadata(tenant, newConversationId(), {})) === undefined, 'an unknown conversation has no metadata');
}

async function checkRemoveItem(store: ConversationStore, tenant: string): Promise<void> {
  const items = [message('0'), message('1'), message('2')];
  const later = [message('3')];
  const { id, version } = await store.create(tenant, { ...conversation(items), digest: 'd' });
  const appended = known(await store.append(tenant, id, { version, items: later, digest: 'e' }));
  const info = known(await store.removeItem(tenant, id, items[1]?.id ?? ''));
  must(info.version > appended.version && info.itemCount === 3 && info.digest === undefined, 'the version grows, and the digest goes');
  same((await store.read(tenant, id))?.items, [items[0], items[2], ...later], 'the item is gone, and no other');
  must((await store.find(tenant, 'e')) === undefined, 'the conversation is not found by its earlier digest');
  for (const unknown of [items[1]?.id ?? '', newItemId('msg'), ...oddIds]) {
    must((await store.removeItem(tenant, id, unknown)) === undefined, 'an unknown item can not be taken out');
  }
  await store.removeItem(tenant, id, later[0]?.id ?? '');
  const end = known(await store.append(tenant, id, { version: info.version + 1, items: later }));
  same((await store.read(tenant, id))?.items, [items[0], items[2], ...later], 'items follow where one was taken out');
  must(end.itemCount === 3, 'the items are counted');
}

async function checkDelete(store: ConversationStore, tenant: string): Promise<void> {
  const given = { ...conversation([message('0')]), digest: 'd' };
  const { version } = await store.create(tenant, given);
  const kept = await store.create(tenant, conversation([message('kept')]));
  must(await store.delete(tenant, given.id), 'a conversation can be deleted');
  await checkUnknown(store, tenant, given, version);
  same((await store.list(tenant, { limit: 10, order: 'asc' })).conversations, [kept], 'no other is deleted');
  await store.create(tenant, { ...given, items: [message('again')] });
  must((await store.read(tenant, given.id))?.itemCount === 1, 'its id can be used again, and nothing of before is there');
}

async function checkExpired(store: ConversationStore, tenant: string): Promise<void> {
  const given = { ...conversation([message('0')]), digest: 'd' };
  const { version, expiresAt } = await store.create(tenant, given);
  await pauseUntil(expiresAt);
  // Generous, for clocks that are not quite alike.
  for (const end = Date.now() + 10_000; (await store.read(tenant, given.id)) !== undefined && Date.now() < end;)
    await pauseUntil(Date.now() + 20);
  await checkUnknown(store, tenant, given, version);
  const again = await store.create(tenant, { ...given, items: [message('again'), message('and again')] });
  const read = await store.read(tenant, given.id);
  must(read?.items.length === 2 || Date.now() >= again.expiresAt, 'its id can be used again, and nothing of before is there');
}

async function checkPutOff(store: ConversationStore, tenant: string, attempts = 3): Promise<void> {
  const { id, version, expiresAt } = await store.create(tenant, conversation([message('0')]));
  await pauseUntil(Date.now() + 500);
  const info = await store.append(tenant, id, { version, items: [message('1')] });
  // It may have expired by now, on a busy machine.
  if (info === undefined && Date.now() >= expiresAt && attempts > 1) return checkPutOff(store, tenant, attempts - 1);
  must(known(info).expiresAt > expiresAt, 'an append puts the expiry off');
  await pauseUntil(expiresAt + 100);
  const read = await store.read(tenant, id);
  must(read?.items.length === 2 || Date.now() >= known(info).expiresAt, 'it is there after the time that it had at first');
  return undefined;
}

async function pauseUntil(time: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, time - Date.now());
  });
}
