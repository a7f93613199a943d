import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createScriptedRunner, type ScriptedRunner } from '@claude-code-api/gateway/testing';
import { createServer, type RunningServer } from '@claude-code-api/node';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeTemporaryDirectory } from '../../support/make-temporary-directory.ts';
import { startRedis, type TestRedis } from '../../support/servers/start-redis.ts';
import { silentLogger } from '../../support/silent-logger.ts';

// What earlier versions have stored is read by this one (docs/versions.md). WRITE_DATA=1 stores what this version writes, where its folder is not there yet.

const written = fileURLToPath(new URL('written-by/', import.meta.url));
const { version } = createRequire(import.meta.url)('../../../packages/node/package.json') as { version: string };
const keyPrefix = 'kept';
const hundredYearsMinutes = 100 * 365 * 24 * 60;

let redis: TestRedis;
let client: Redis;
let directory: string;
beforeAll(async () => {
  redis = await startRedis();
  client = new Redis(redis.url);
  directory = await makeTemporaryDirectory();
});
afterAll(async () => {
  client?.disconnect();
  await redis?.kill();
  if (directory !== undefined) rmSync(directory, { recursive: true });
});

const servers: RunningServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

type Driver = 'fs' | 'redis';

async function start(driver: Driver): Promise<RunningServer<ScriptedRunner>> {
  const server = await createServer(
    {
      server: { port: 0 },
      conversation: { session_timeout_minutes: hundredYearsMinutes },
      cache: { ttl_seconds: hundredYearsMinutes * 60 },
      storage: { driver, path: join(directory, 'data'), url: redis.url, key_prefix: keyPrefix },
    },
    { environment: {}, logger: silentLogger, runner: createScriptedRunner() },
  );
  servers.push(server);
  return server;
}

type Reply = Readonly<Record<string, unknown>>;

async function post(server: RunningServer, path: string, body: object): Promise<{ status: number; cache: string | null; reply: Reply }> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'sonnet', ...body }) };
  const response = await fetch(server.url + path, init);
  return { status: response.status, cache: response.headers.get('x-cache'), reply: (await response.json()) as Reply };
}

async function get(server: RunningServer, path: string): Promise<unknown> {
  return (await fetch(server.url + path)).json();
}

const user = (content: string): object[] => [{ role: 'user', content }];
const cached = { messages: user('Once'), seed: 7 };
const picture = { type: 'image_url', image_url: { url: 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=' } };

/** What is read again: by path, what was told when it was written. */
interface Told {
  readonly conversation: string;
  readonly response: string;
  readonly summary: object;
  readonly pages: Readonly<Record<string, unknown>>;
}

async function write(driver: Driver): Promise<Told> {
  const server = await start(driver);
  const first = await post(server, '/v1/chat/completions', {
    messages: [{ role: 'user', content: [picture, { type: 'text', text: 'Which?' }] }],
  });
  const conversation = String(first.reply['conversation_id']);
  await post(server, '/v1/chat/completions', { conversation_id: conversation, messages: user('And then?') });
  const { reply } = await post(server, '/v1/responses', { input: 'Remember', metadata: { of: 'it' } });
  const response = String(reply['id']);
  await post(server, '/v1/chat/completions', cached);
  const compacted = await post(server, '/v1/responses/compact', { input: [{ role: 'user', content: 'Long ago' }] });
  const summary = (compacted.reply['output'] as object[]).at(-1) ?? {};
  const paths = [`/v1/conversations/${conversation}/items`, `/v1/responses/${response}`, `/v1/responses/${response}/input_items`];
  const pages = Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await get(server, path)] as const)));
  await server.close();
  return { conversation, response, summary, pages };
}

type Entry = readonly [key: string, type: string, value: unknown];

async function dump(): Promise<Entry[]> {
  const keys = (await client.keys('*')).toSorted();
  return Promise.all(keys.map(async (key) => [key, await client.type(key), await valueOf(key)] as const));
}

async function valueOf(key: string): Promise<unknown> {
  const type = await client.type(key);
  if (type === 'string') return client.get(key);
  if (type === 'hash') return client.hgetall(key);
  if (type === 'zset') return client.zrange(key, 0, -1, 'WITHSCORES');
  if (type === 'set') return client.smembers(key);
  return client.lrange(key, 0, -1);
}

async function restore(entries: readonly Entry[]): Promise<void> {
  await client.flushall();
  for (const [key, type, value] of entries) {
    const list = value as string[];
    if (type === 'string') await client.set(key, value as string);
    else if (type === 'hash') await client.hset(key, value as Record<string, string>);
    else if (type === 'zset') for (let at = 0; at < list.length; at += 2) await client.zadd(key, list[at + 1] ?? '', list[at] ?? '');
    else if (type === 'set') await client.sadd(key, ...list);
    else await client.rpush(key, ...list);
  }
}

if (process.env['WRITE_DATA'] && !existsSync(join(written, version))) {
  test('writes what this version stores', async () => {
    const place = join(written, version);
    mkdirSync(place, { recursive: true });
    for (const driver of ['fs', 'redis'] as const)
      writeFileSync(join(place, `told-${driver}.json`), JSON.stringify(await write(driver), null, 1));
    cpSync(join(directory, 'data'), join(place, 'files'), { recursive: true });
    writeFileSync(join(place, 'redis.json'), JSON.stringify(await dump(), null, 1));
  });
}

const versions = existsSync(written) ? readdirSync(written) : [];

test('there is data of this version, or of one that it does not break with', () => {
  const minorOf = (of: string): string => of.split('.').slice(0, 2).join('.');
  expect(versions.map(minorOf)).toContain(minorOf(version));
});

describe.each(versions)('written by %s', (of) => {
  test.each(['fs', 'redis'] as const)('%s: conversations, responses and seals are what they were, and go on', async (driver) => {
    if (driver === 'redis') await restore(JSON.parse(readFileSync(join(written, of, 'redis.json'), 'utf8')) as Entry[]);
    else {
      rmSync(join(directory, 'data'), { recursive: true, force: true });
      cpSync(join(written, of, 'files'), join(directory, 'data'), { recursive: true });
    }
    const told = JSON.parse(readFileSync(join(written, of, `told-${driver}.json`), 'utf8')) as Told;
    const server = await start(driver);
    // A later version may tell more of it.
    for (const [path, page] of Object.entries(told.pages)) expect(await get(server, path), path).toMatchObject(page as object);
    const followUp = { conversation_id: told.conversation, messages: user('And now?') };
    expect(await post(server, '/v1/chat/completions', followUp)).toMatchObject({
      status: 200,
      reply: { conversation_id: told.conversation },
    });
    expect(server.runner.turns.at(-1)?.messages.length).toBe(5);
    expect(await post(server, '/v1/responses', { input: 'More', previous_response_id: told.response })).toMatchObject({ status: 200 });
    expect(server.runner.turns.at(-1)?.messages.length).toBe(3);
    expect(await post(server, '/v1/responses', { input: [told.summary, { role: 'user', content: 'More' }] })).toMatchObject({
      status: 200,
    });
    // One that is asked for by another key than it was stored by is a miss, which loses nothing.
    expect(await post(server, '/v1/chat/completions', cached)).toMatchObject({ status: 200 });
  });
});
