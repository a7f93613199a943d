import { createScriptedRunner, textScript } from '@claude-code-api/gateway/testing';
import type { RunningServer } from '@claude-code-api/node';
import { Redis } from 'ioredis';
import { afterEach, expect, test } from 'vitest';
import { startRedis, type TestRedis } from '../../support/servers/start-redis.ts';
import { startScriptedTestServer } from '../../support/servers/start-scripted-test-server.ts';
import { closeAll, type Closable } from '../../support/close-all.ts';

// What `docs/scaling.md` says of a Redis that ends, and of one that is full.

const open: Closable[] = [];
afterEach(() => closeAll(open));

async function start(flags: readonly string[]): Promise<{ redis: TestRedis; server: RunningServer }> {
  const redis = await startRedis(flags);
  open.push({ close: () => redis.kill() });
  const runner = createScriptedRunner({
    script: (turn, signal) => textScript([`of ${turn.messages.length}`])(turn, signal) as Iterable<never>,
  });
  const server = await startScriptedTestServer({ 'storage.driver': 'redis', 'storage.url': redis.url }, { runner });
  open.push(server);
  return { redis, server };
}

interface Reply {
  readonly status: number;
  readonly id?: string;
  readonly text?: string;
  readonly code?: string;
}

async function ask({ url }: RunningServer, content: string, id?: string): Promise<Reply> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(id !== undefined && { 'x-conversation-id': id }) },
    body: JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content }] }),
  });
  const body = (await response.json()) as {
    conversation_id?: string;
    choices?: [{ message: { content: string } }];
    error?: { code: string };
  };
  const { conversation_id: told, choices, error } = body;
  return {
    status: response.status,
    ...(told !== undefined && { id: told }),
    ...(choices !== undefined && { text: choices[0].message.content }),
    ...(error !== undefined && { code: error.code }),
  };
}

/** When the server has found its Redis again. */
async function askAgain(server: RunningServer, id: string): Promise<Reply> {
  let reply: Reply = { status: 0 };
  await expect.poll(async () => (reply = await ask(server, 'And now?', id)).status, { timeout: 30_000 }).not.toBe(503);
  return reply;
}

test('with an append-only file nothing that was answered is lost when Redis is killed', async () => {
  const { redis, server } = await start(['--appendonly', 'yes', '--appendfsync', 'everysec']);
  const ids = await Promise.all(Array.from({ length: 20 }, async (_, index) => (await ask(server, `Question ${index}`)).id!));
  await redis.crash();
  await redis.start();
  for (const id of ids) expect(await askAgain(server, id)).toEqual({ status: 200, id, text: 'of 3' });
});

test('without one, and without snapshots, all conversations are gone with it; new ones are kept', async () => {
  const { redis, server } = await start([]);
  const { id = '' } = await ask(server, 'Question');
  await redis.stop();
  await redis.start();
  expect(await askAgain(server, id)).toMatchObject({ status: 404, code: 'conversation_not_found' });
  const next = await ask(server, 'Question');
  expect(await ask(server, 'And now?', next.id)).toMatchObject({ status: 200, text: 'of 3' });
});

test('one that is full, and evicts nothing, is a 503 for who names a conversation; what it has is read on, and others are answered without an id', async () => {
  const { redis, server } = await start(['--maxmemory-policy', 'noeviction']);
  const { id = '' } = await ask(server, 'Question');
  const client = new Redis(redis.url);
  open.push({ close: async () => client.disconnect() });
  await client.config('SET', 'maxmemory', '1');
  expect(await ask(server, 'And now?', id)).toMatchObject({ status: 503 });
  const { id: none, ...reply } = await ask(server, 'Question');
  expect({ none, ...reply }).toEqual({ none: undefined, status: 200, text: 'of 1' });
  const items = await fetch(`${server.url}/v1/conversations/${id}/items`);
  expect({ status: items.status, count: ((await items.json()) as { data: unknown[] }).data.length }).toEqual({ status: 200, count: 2 });
  await client.config('SET', 'maxmemory', '0');
  expect(await ask(server, 'And now?', id)).toMatchObject({ status: 200, text: 'of 3' });
});

test('one that evicts what it likes loses conversations, as that policy says; none comes back in part', async () => {
  const { redis, server } = await start(['--maxmemory-policy', 'allkeys-random']);
  const client = new Redis(redis.url);
  open.push({ close: async () => client.disconnect() });
  const long = 'x'.repeat(20_000);
  const begin = async (_: unknown, index: number): Promise<string> => {
    const { id = '' } = await ask(server, `Question ${index} ${long}`);
    expect(await ask(server, long, id)).toMatchObject({ status: 200, text: 'of 3' });
    return id;
  };
  const ids = await Promise.all(Array.from({ length: 30 }, begin));
  const used = Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
  await client.config('SET', 'maxmemory', String(used - 500_000));
  await client.set('one more', 'x').catch(() => {});
  await client.config('SET', 'maxmemory', '0');
  const replies = await Promise.all(ids.map((id) => ask(server, 'And now?', id)));
  const kinds = new Set(replies.map(({ status, code, text }) => `${status} ${code ?? text}`));
  expect(kinds).toContain('404 conversation_not_found');
  for (const kind of kinds) expect(['200 of 5', '404 conversation_not_found', '500 conversation_damaged']).toContain(kind);
});
