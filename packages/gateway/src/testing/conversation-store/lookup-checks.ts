import { newConversationId } from '../../conversations/ids.ts';
import type { ConversationStore } from '../../ports/conversation-store.ts';
import { checkUnknown } from './check-unknown.ts';
import { known, must, same } from './expectations.ts';
import { oddIds, oddTenants, oddTexts } from './odd-content.ts';
import { conversation, message } from './samples.ts';
import type { StoreCheck } from './store-check.ts';

/** Tenants, pages, digests and holds. */
export const lookupChecks: readonly StoreCheck[] = [
  { name: 'tenants are blind to each other, whatever their names', run: checkTenants },
  { name: 'pages go through all conversations, in both orders', run: checkPages },
  { name: 'a page may begin behind a conversation that is gone', run: checkCursor },
  { name: 'a conversation is found by its present digest', run: checkFind },
  { name: 'the one that came to a digest last is found, and then the one before', run: checkFindSeveral },
  { name: 'who holds a conversation holds it alone', run: checkHold },
  { name: 'ids that no conversation has are unknown and do no harm', run: checkOddIds },
];

async function checkTenants(store: ConversationStore, prefix: string): Promise<void> {
  const given = { ...conversation([message('0')]), digest: 'd' };
  const tenants = [...oddTenants, ...oddTenants.map((tenant) => prefix + tenant)];
  const id = (index: number): string => given.id.slice(0, -2) + index.toString(16).padStart(2, '0');
  const owner = `${prefix} owner`;
  const { version } = await store.create(owner, given);
  for (const tenant of tenants) await checkUnknown(store, tenant, given, version);
  const release = await store.hold(owner, given.id);
  must(release !== undefined, 'a conversation can be held');
  for (const [index, tenant] of tenants.entries()) {
    const info = await store.create(tenant, { ...given, id: id(index), digest: `d ${prefix}` });
    same((await store.find(tenant, `d ${prefix}`))?.id, info.id, 'each tenant finds its own');
    const other = await store.hold(tenant, given.id);
    must(other !== undefined, 'a hold of one tenant is none for another');
    await other();
    must(await store.delete(tenant, info.id), 'each tenant deletes its own');
  }
  await release();
  same((await store.read(owner, given.id))?.items, given.items, 'nobody else changes a conversation');
}

async function checkPages(store: ConversationStore, tenant: string): Promise<void> {
  same(await store.list(tenant, { limit: 5, order: 'asc' }), { conversations: [], hasMore: false }, 'a tenant may have none');
  const start = Date.now();
  const ids = Array.from({ length: 25 }, (_, index) => newConversationId(start + index));
  for (const id of shuffle(ids)) await store.create(tenant, { ...conversation([message('0')]), id });
  for (const order of ['asc', 'desc'] as const) {
    const expected = order === 'asc' ? ids : ids.toReversed();
    for (const limit of [1, 7, 24, 25, 26, 100]) {
      const seen: string[] = [];
      for (let more = true; more;) {
        const after = seen.at(-1);
        const page = await store.list(tenant, { limit, order, ...(after !== undefined && { after }) });
        seen.push(...page.conversations.map((info) => info.id));
        must(page.conversations.length <= limit && seen.length <= ids.length, 'a page has no more than was asked for');
        must(page.hasMore === seen.length < ids.length, 'hasMore tells whether there are more');
        more = page.hasMore;
      }
      same(seen, expected, 'the pages have every conversation once, in order');
    }
  }
}

async function checkCursor(store: ConversationStore, tenant: string): Promise<void> {
  const start = Date.now();
  const ids = Array.from({ length: 5 }, (_, index) => newConversationId(start + index));
  for (const id of ids) await store.create(tenant, { ...conversation([]), id });
  await store.delete(tenant, ids[2] ?? '');
  const idsOf = async (order: 'asc' | 'desc', after: string): Promise<string[]> =>
    (await store.list(tenant, { limit: 10, order, after })).conversations.map((info) => info.id);
  same(await idsOf('asc', ids[2] ?? ''), [ids[3], ids[4]], 'a page begins behind an id that is gone');
  same(await idsOf('desc', ids[2] ?? ''), [ids[1], ids[0]], 'a page backwards begins before an id that is gone');
  same(await idsOf('asc', ids[4] ?? ''), [], 'there is nothing behind the last one');
  same(await idsOf('desc', ids[0] ?? ''), [], 'there is nothing before the first one');
}

async function checkFind(store: ConversationStore, tenant: string): Promise<void> {
  const created = await store.create(tenant, { ...conversation([message('0')]), digest: 'first' });
  same(await store.find(tenant, 'first'), created, 'a conversation is found by its digest');
  const second = known(await store.append(tenant, created.id, { version: created.version, items: [message('1')], digest: 'second' }));
  must((await store.find(tenant, 'first')) === undefined, 'it is not found by an earlier digest');
  same(await store.find(tenant, 'second'), second, 'it is found by its present digest');
  await store.append(tenant, created.id, { version: second.version, items: [message('2')] });
  must((await store.find(tenant, 'second')) === undefined, 'it is not found when it has no digest any more');
  for (const digest of ['', 'unknown', '../x', 'a:b', '*', ...oddTexts.slice(0, 5)]) {
    must((await store.find(tenant, digest)) === undefined, 'an unknown digest finds nothing');
  }
}

async function checkFindSeveral(store: ConversationStore, tenant: string): Promise<void> {
  const digest = 'q/A+==';
  const first = await store.create(tenant, { ...conversation([message('0')]), digest });
  const other = await store.create(tenant, { ...conversation([message('0')]), digest: 'q-A_==' });
  const second = await store.create(tenant, { ...conversation([message('0')]), digest });
  same((await store.find(tenant, digest))?.id, second.id, 'the one that came to it last is found');
  await store.append(tenant, second.id, { version: second.version, items: [message('1')], digest: 'another' });
  same((await store.find(tenant, digest))?.id, first.id, 'when that one moves on, the one before is found');
  await store.delete(tenant, first.id);
  must((await store.find(tenant, digest)) === undefined, 'when all are gone, none is found');
  same((await store.find(tenant, 'q-A_=='))?.id, other.id, 'digests that look alike are not the same');
}

async function checkHold(store: ConversationStore, tenant: string): Promise<void> {
  const id = newConversationId();
  const releases = await Promise.all(Array.from({ length: 10 }, () => store.hold(tenant, id)));
  const [release, ...others] = releases.filter((each) => each !== undefined);
  must(release !== undefined && others.length === 0, 'of many who ask at once one holds it');
  const other = await store.hold(tenant, newConversationId());
  must(other !== undefined, 'another conversation can be held at the same time');
  await other();
  must((await store.hold(tenant, id)) === undefined, 'a hold lasts until it is given back');
  await release();
  const next = await store.hold(tenant, id);
  must(next !== undefined, 'what is given back can be held again');
  await release();
  must((await store.hold(tenant, id)) === undefined, "giving back twice does not give back the next one's");
  await next();
}

async function checkOddIds(store: ConversationStore, tenant: string): Promise<void> {
  const kept = await store.create(tenant, { ...conversation([message('0')]), digest: 'd' });
  for (const id of oddIds) {
    await checkUnknown(store, tenant, { ...conversation([]), id }, 1, [kept]);
    const release = await store.hold(tenant, id);
    must(release !== undefined, 'what is no id is held by nobody');
    await release();
    for (const order of ['asc', 'desc'] as const) await store.list(tenant, { limit: 1, order, after: id });
  }
  same(await store.find(tenant, 'd'), kept, 'nothing else is harmed');
}

function shuffle<Value>(values: readonly Value[]): Value[] {
  const middle = Math.floor(values.length / 2);
  return [...values.slice(middle).toReversed(), ...values.slice(0, middle)];
}
