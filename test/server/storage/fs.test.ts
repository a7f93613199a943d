import { mkdir, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { conversationStoreContract } from '@claude-code-api/gateway/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeTemporaryDirectory } from '../../support/make-temporary-directory.ts';
import { conversationOf, itemOf, openTestStore, textsOf, type TestStore } from './open-test-store.ts';

let path: string;
const stores: TestStore[] = [];
beforeEach(async () => {
  path = join(await makeTemporaryDirectory(), 'made', 'by-the-store');
});
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
  await rm(join(path, '../..'), { recursive: true, force: true });
});

async function open(options?: Parameters<typeof openTestStore>[1]): Promise<TestStore> {
  const store = await openTestStore({ driver: 'fs', path }, options);
  stores.push(store);
  return store;
}

async function files(): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && entry.name !== '.lock').map((entry) => join(entry.parentPath, entry.name));
}

const contract = conversationStoreContract({
  create: open,
  createBounded: open,
  async damage(_tenant, id) {
    for (const file of await files()) if (file.includes(id) && !file.endsWith('head')) await truncate(file, 20);
  },
});
for (const check of contract) test(check.name, check.run);

test('all is there when the directory is opened again', async () => {
  let time = 1_000_000;
  const options = { ttlMs: 1000, now: () => time, maxBytes: 100_000 };
  const before = await open(options);
  const expired = await before.create('t', { ...conversationOf('old'), digest: 'old' });
  time += 600;
  const given = Array.from({ length: 30 }, (_, index) => ({ ...conversationOf(String(index)), digest: `d${index % 2}` }));
  for (const each of given) await before.create('t', each);
  const { version } = (await before.read('t', given[3]!.id))!;
  await before.append('t', given[3]!.id, { version, items: [itemOf('more')], digest: 'moved' });
  time += 600;
  await before.close();
  const again = await open(options);
  const page = await again.list('t', { limit: 20, order: 'asc' });
  expect(page).toMatchObject({ hasMore: true, conversations: given.slice(0, 20).map(({ id }) => ({ id })) });
  expect((await again.list('t', { limit: 20, order: 'asc', after: given[19]!.id })).conversations).toHaveLength(10);
  expect(textsOf(await again.read('t', given[3]!.id))).toEqual(['3', 'more']);
  expect((await again.find('t', 'moved'))?.id).toBe(given[3]!.id);
  expect(await again.find('t', 'old')).toBeUndefined();
  expect(await again.read('t', expired.id)).toBeUndefined();
  await again.sweep();
  expect(await files()).toHaveLength(61);
});

test('only the owner may read the files, and a removed conversation leaves nothing behind', async () => {
  const store = await open();
  const { id } = await store.create('t', conversationOf('0'));
  const [file] = await files();
  expect((await stat(file!)).mode & 0o777).toBe(0o600);
  expect((await stat(join(file!, '..'))).mode & 0o777).toBe(0o700);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  await store.delete('t', id);
  expect(await readdir(path)).toEqual(['.lock', '.tmp']);
  await store.close();
  expect(await readdir(path)).toEqual(['.tmp']);
});

test('what a killed process was writing is removed at the next start', async () => {
  await mkdir(join(path, '.tmp'), { recursive: true });
  await writeFile(join(path, '.tmp', 'left'), 'half a rec');
  const store = await open();
  expect(await files()).toEqual([]);
  expect(await store.list('t', { limit: 10, order: 'asc' })).toEqual({ conversations: [], hasMore: false });
});

test("conversations made and deleted side by side do not take each other's directories", async () => {
  const store = await open();
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      for (let round = 0; round < 5; round += 1) {
        const given = conversationOf('0');
        await store.create('t', given);
        expect(textsOf(await store.read('t', given.id))).toEqual(['0']);
        expect(await store.delete('t', given.id)).toBe(true);
      }
    }),
  );
  expect(await files()).toEqual([]);
});
