import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newestCli } from '../../support/cli/cli-versions.ts';
import { makeTemporaryDirectory } from '../../support/make-temporary-directory.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../../support/servers/start-test-server.ts';

const user = (content: string): object => ({ role: 'user', content });

let directory: string;
beforeAll(async () => {
  directory = await makeTemporaryDirectory();
});
afterAll(() => rm(directory, { recursive: true }));

/** Without a CLI where it is not said: what is kept is the same. */
async function withServer<Value>(options: TestServerOptions, use: (server: TestServer) => Promise<Value>): Promise<Value> {
  const server = await startTestServer({ cli: 'none', ...options });
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

async function ask(server: TestServer, body: object): Promise<{ id: string; status: number; cache: string | null }> {
  const response = await server.chat({ model: 'sonnet', ...body });
  const completion = (await response.json()) as { conversation_id: string };
  return { id: completion.conversation_id, status: response.status, cache: response.headers.get('x-cache') };
}

const heardBy = (server: TestServer): number | undefined => server.mock.messages().at(-1)?.body.messages.length;

test('in files conversations and answers outlive their server', async () => {
  const settings = { 'storage.driver': 'fs', 'storage.path': join(directory, 'kept') };
  const options = { cli: newestCli, settings };
  const id = await withServer(options, async (server) => {
    expect(await ask(server, { messages: [user('cached')], seed: 1 })).toMatchObject({ cache: 'miss' });
    return (await ask(server, { messages: [user('one')] })).id;
  });
  await withServer(options, async (server) => {
    expect(await ask(server, { messages: [user('two')], conversation_id: id })).toMatchObject({ id, status: 200 });
    expect(heardBy(server)).toBe(3);
    expect(await ask(server, { messages: [user('cached')], seed: 1 })).toMatchObject({ cache: 'hit' });
  });
});

test('a damaged file is a conversation that is not there, named in the log; the others are', async () => {
  const path = join(directory, 'damaged');
  const settings = { 'storage.driver': 'fs', 'storage.path': path };
  const [broken, whole] = await withServer({ settings }, async (server) => [
    (await ask(server, { messages: [user('one')] })).id,
    (await ask(server, { messages: [user('one')] })).id,
  ]);
  const files = await readdir(path, { recursive: true });
  const head = files.find((name) => name.endsWith(join(broken ?? '', 'head')));
  await writeFile(join(path, head ?? ''), '{"id":"conv_');
  await withServer({ settings }, async (server) => {
    expect(await ask(server, { messages: [user('two')], conversation_id: broken })).toMatchObject({ status: 404 });
    expect(await ask(server, { messages: [user('two')], conversation_id: whole })).toMatchObject({ status: 200 });
    expect(server.log.filter(({ level }) => level === 'warn').map(({ fields }) => String(fields['key']))).toContainEqual(
      expect.stringContaining(broken ?? '?'),
    );
    const list = (await (await fetch(`${server.url}/v1/conversations`)).json()) as { data: { id: string }[] };
    expect(list.data.map(({ id }) => id)).toEqual([whole]);
  });
});

test('in memory they end with it', async () => {
  const id = await withServer({}, async (server) => (await ask(server, { messages: [user('one')] })).id);
  await withServer({}, async (server) => {
    expect((await ask(server, { messages: [user('two')], conversation_id: id })).status).toBe(404);
  });
});

test('any driver of unstorage that is given in code keeps them too', async () => {
  const kept = new Map<string, unknown>();
  const storageDriver = {
    hasItem: (key: string) => kept.has(key),
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
    getKeys: () => [...kept.keys()],
  } as NonNullable<TestServerOptions['storageDriver']>;
  const id = await withServer({ storageDriver }, async (server) => (await ask(server, { messages: [user('one')], seed: 1 })).id);
  expect(kept.size).toBeGreaterThanOrEqual(3);
  await withServer({ storageDriver }, async (server) => {
    expect(await ask(server, { messages: [user('two')], conversation_id: id })).toMatchObject({ id, status: 200 });
    expect(heardBy(server)).toBe(3);
  });
});
