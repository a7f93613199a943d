import { rm } from 'node:fs/promises';
import type { ClaudeRunner } from '@claude-code-api/gateway';
import { createScriptedRunner, textScript } from '@claude-code-api/gateway/testing';
import type { RunningServer } from '@claude-code-api/node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { callWithKey } from '../support/chat/call-with-key.ts';
import { makeKeys } from '../support/servers/make-keys.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startRedis, type TestRedis } from '../support/servers/start-redis.ts';
import { startScriptedTestServer } from '../support/servers/start-scripted-test-server.ts';

const { keys, settings } = makeKeys({ good: {}, quiet: {}, hostile: {} });
const { good, quiet, hostile } = keys;

let redis: TestRedis;
let directory: string;
let server: RunningServer;
let prefixes = 0;
beforeAll(async () => {
  redis = await startRedis();
  directory = await makeTemporaryDirectory();
});
afterEach(() => server.close());
afterAll(async () => {
  await redis.kill();
  await rm(directory, { recursive: true });
});

const drivers = {
  memory: () => ({}),
  fs: () => ({ 'storage.driver': 'fs', 'storage.path': directory }),
  redis: () => ({ 'storage.driver': 'redis', 'storage.url': redis.url, 'storage.key_prefix': `attack-${(prefixes += 1)}` }),
};

/** Says what it was asked. */
const createEcho = (): ClaudeRunner =>
  createScriptedRunner({
    script: (turn, signal) =>
      textScript(turn.messages.at(-1)!.content.map((block) => (block.type === 'text' ? block.text : '')))(turn, signal),
    keepTurns: false,
  });

describe.each(Object.entries(drivers))('with answers cached in %s', (_, toSettings) => {
  /** What `x-cache` says. */
  async function ask(key: string | undefined, content: string): Promise<string | null> {
    const body = { model: 'sonnet', seed: 1, store: false, messages: [{ role: 'user', content }] };
    const response = await callWithKey(`${server.url}/v1/chat/completions`, key, body);
    expect(response.status).toBe(200);
    await response.text();
    return response.headers.get('x-cache');
  }

  test('a key with many answers, or large ones, takes none of another, and is itself bounded', async () => {
    const bounds = { 'cache.max_entries': '10', 'cache.max_megabytes': '0.2' };
    server = await startScriptedTestServer({ ...settings, ...toSettings(), ...bounds }, { runner: createEcho() });
    // A cache does not wait for Redis, a conversation does.
    await callWithKey(`${server.url}/v1/conversations`, good, {});
    const own = ['one', 'two', 'three'];
    for (const text of own) await ask(good, text);
    await ask(quiet, 'mine');
    for (let round = 0; round < 40; round += 1) await ask(hostile, `${round}`);
    const large = Array.from({ length: 12 }, (__, index) => `${index}`.padStart(30_000, 'x'));
    for (const text of large) await ask(hostile, text);
    await ask(hostile, 'x'.repeat(150_000));
    expect(await Promise.all([...own.map((text) => ask(good, text)), ask(quiet, 'mine')])).toEqual(['hit', 'hit', 'hit', 'hit']);
    // Half of 0.2 MB holds three of them.
    const outcomes: (string | null)[] = [];
    for (const text of large.slice(-3)) outcomes.push(await ask(hostile, text));
    expect([...outcomes, await ask(hostile, large[0]!)]).toEqual(['hit', 'hit', 'hit', 'miss']);
  });
});

describe.each(Object.entries(drivers))('with conversations in %s', (_, toSettings) => {
  async function start(): Promise<void> {
    server = await startScriptedTestServer({ ...settings, ...toSettings(), 'storage.max_megabytes': '0.2' });
  }

  const post = (key: string | undefined, path: string, body: object): Promise<Response> =>
    callWithKey(`${server.url}/v1/${path}`, key, body);
  const itemsOf = (length: number): object => ({ items: [{ type: 'message', role: 'user', content: 'x'.repeat(length) }] });
  const statusOf = async (key: string | undefined, id: string): Promise<number> =>
    (await callWithKey(`${server.url}/v1/conversations/${id}/items`, key)).status;

  async function create(key: string | undefined, length = 2000): Promise<string> {
    const response = await post(key, 'conversations', itemsOf(length));
    expect(response.status).toBe(200);
    return ((await response.json()) as { id: string }).id;
  }

  test('a key that fills the store without a token takes no conversation of another', async () => {
    await start();
    const own = [await create(good), await create(quiet)];
    for (let round = 0; round < 150; round += 1) await create(hostile);
    expect(await Promise.all([statusOf(good, own[0]!), statusOf(quiet, own[1]!)])).toEqual([200, 200]);
    const more: string[] = [];
    for (let round = 0; round < 20; round += 1) more.push(await create(good));
    expect(await Promise.all(more.map((id) => statusOf(good, id)))).toEqual(more.map(() => 200));
  });

  test('nor does one that lets one conversation grow, by items and by turns', async () => {
    await start();
    const own = await create(good);
    const id = await create(hostile);
    const statuses: number[] = [];
    for (let round = 0; round < 30; round += 1) statuses.push((await post(hostile, `conversations/${id}/items`, itemsOf(9000))).status);
    expect(new Set(statuses)).toEqual(new Set([200, 413]));
    const messages = [{ role: 'user', content: 'x'.repeat(9000) }];
    const turn = await post(hostile, 'chat/completions', { model: 'sonnet', conversation_id: id, messages });
    expect(turn.status).toBe(413);
    for (let round = 0; round < 30; round += 1) await post(hostile, 'chat/completions', { model: 'sonnet', messages });
    expect(await statusOf(good, own)).toBe(200);
  });

  test('one that is too large is a 413, which takes nothing from anyone', async () => {
    await start();
    const own = [await create(good), await create(hostile)];
    const refused = await post(hostile, 'conversations', itemsOf(150_000));
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({ error: { type: 'invalid_request_error', code: 'conversation_too_large' } });
    expect(await Promise.all([statusOf(good, own[0]!), statusOf(hostile, own[1]!)])).toEqual([200, 200]);
  });
});
