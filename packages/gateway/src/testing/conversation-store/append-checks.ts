import { GatewayError } from '../../gateway-error.ts';
import type { ConversationStore } from '../../ports/conversation-store.ts';
import { failureOf } from '../expectations.ts';
import { known, must, same } from './expectations.ts';
import { allBlocks, oddTexts } from './odd-content.ts';
import { conversation, message } from './samples.ts';
import { hourMs, type StoreCheck } from './store-check.ts';

/** Creating, reading and appending. */
export const appendChecks: readonly StoreCheck[] = [
  { name: 'what is created is read as it was, whatever its blocks and texts', run: checkRoundTrip },
  { name: 'a conversation of no items, and an append of none', run: checkEmpty },
  { name: 'a second conversation of one id: a 409 with the code conversation_exists', run: checkExists },
  { name: 'appended items follow the others, and the version grows', run: checkAppend },
  { name: 'an append that follows an older version changes nothing', run: checkStale },
  { name: 'of fifty appends at once that follow one version one is made', run: checkRace },
  { name: 'metadata changed beside an append: both are made', run: checkMetadataRace },
];

async function checkRoundTrip(store: ConversationStore, tenant: string): Promise<void> {
  const steps = [
    { role: 'assistant', content: allBlocks, model: 'claude-x' },
    { role: 'user', content: [] },
  ] as const;
  const items = [
    ...oddTexts.map((text) => message(text)),
    { ...message(''), content: allBlocks },
    { ...message('', 'assistant'), content: [], steps },
  ];
  const given = {
    ...conversation(items),
    metadata: { json: '{"a":1}', null: 'null', '': '', unicode: 'é🦊\u2028' },
    system: '123',
    model: 'true',
    digest: 'a+b/c=',
  };
  const before = Date.now();
  const created = await store.create(tenant, given);
  const { items: _, ...expected } = given;
  const { createdAt, updatedAt, expiresAt, ...rest } = created;
  same(rest, { ...expected, version: rest.version, itemCount: items.length }, 'what is created is answered');
  must(Math.abs(createdAt - before) < 60_000 && updatedAt === createdAt && expiresAt === updatedAt + hourMs, 'the times are of now');
  same(await store.read(tenant, given.id), { ...created, items }, 'what is read is what was created');
  same((await store.list(tenant, { limit: 10, order: 'asc' })).conversations, [created], 'what is listed is what was created');
}

async function checkEmpty(store: ConversationStore, tenant: string): Promise<void> {
  const { id, version } = await store.create(tenant, conversation([]));
  same((await store.read(tenant, id))?.items, [], 'a conversation may be empty');
  const info = known(await store.append(tenant, id, { version, items: [], digest: 'd' }));
  must(info.itemCount === 0 && info.digest === 'd', 'an append of no items is made');
}

async function checkExists(store: ConversationStore, tenant: string): Promise<void> {
  const first = conversation([message('first')]);
  await store.create(tenant, first);
  const thrown = await failureOf(store.create(tenant, { ...first, items: [message('second')] }));
  must(
    GatewayError.isInstance(thrown) && thrown.status === 409 && thrown.code === 'conversation_exists',
    `a 409 is thrown, not ${String(thrown)}`,
  );
  same((await store.read(tenant, first.id))?.items, first.items, 'the first one stays');
}

async function checkAppend(store: ConversationStore, tenant: string): Promise<void> {
  const given = { ...conversation([message('0')]), system: 'old', model: 'haiku', metadata: { a: 'b' } };
  let info = await store.create(tenant, given);
  const items = [...given.items];
  for (let turn = 1; turn <= 5; turn += 1) {
    const added = [message(`${turn}a`), message(`${turn}b`, 'assistant')];
    const next = known(await store.append(tenant, info.id, { version: info.version, items: added }));
    must(next.version > info.version, 'the version grows');
    items.push(...added);
    info = next;
  }
  must(info.system === 'old' && info.model === 'haiku', 'the system prompt and model stay where none is given');
  info = known(await store.append(tenant, info.id, { version: info.version, items: [], system: '', model: 'opus', digest: 'd' }));
  must(info.system === '' && info.model === 'opus' && info.digest === 'd', 'the system prompt, model and digest are those of the change');
  same(
    await store.read(tenant, info.id),
    { ...info, metadata: { a: 'b' }, itemCount: items.length, items },
    'all items are read in their order',
  );
}

async function checkStale(store: ConversationStore, tenant: string): Promise<void> {
  const { id, version } = await store.create(tenant, conversation([message('0')]));
  await store.append(tenant, id, { version, items: [message('1')] });
  const before = await store.read(tenant, id);
  must((await store.append(tenant, id, { version, items: [message('lost')] })) === undefined, 'an append of an older version is refused');
  must((await store.append(tenant, id, { version: version + 100, items: [] })) === undefined, 'an append of no known version is refused');
  same(await store.read(tenant, id), before, 'a refused append changes nothing');
}

async function checkRace(store: ConversationStore, tenant: string): Promise<void> {
  const { id, version } = await store.create(tenant, conversation([]));
  const items = Array.from({ length: 50 }, (_, index) => message(String(index)));
  const results = await Promise.all(items.map((item) => store.append(tenant, id, { version, items: [item] })));
  must(results.filter((result) => result !== undefined).length === 1, 'one append of a version is made, and no more');
  const winner = items[results.findIndex((result) => result !== undefined)];
  same((await store.read(tenant, id))?.items, [winner], 'the items are those of the append that was made');
}

async function checkMetadataRace(store: ConversationStore, tenant: string): Promise<void> {
  for (let round = 0; round < 10; round += 1) {
    const { id, version } = await store.create(tenant, conversation([]));
    const change = { version, items: [message('kept')], digest: 'd' };
    const results = await Promise.all([store.append(tenant, id, change), store.updateMetadata(tenant, id, { kept: 'too' })]);
    must(!results.includes(undefined), 'metadata can be changed beside an append');
    const read = await store.read(tenant, id);
    same([read?.items, read?.metadata, read?.digest], [change.items, { kept: 'too' }, 'd'], 'neither change undoes the other');
  }
}
