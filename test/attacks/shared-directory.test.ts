import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningServer } from '@claude-code-api/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { callWithKey } from '../support/chat/call-with-key.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startScriptedTestServer } from '../support/servers/start-scripted-test-server.ts';

let path: string;
let lock: string;
const servers: RunningServer[] = [];
const children: ChildProcess[] = [];
beforeEach(async () => {
  path = join(await makeTemporaryDirectory(), 'data');
  lock = join(path, '.lock');
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(join(path, '..'), { recursive: true, force: true });
});

/** Waits for the directory for as long as told, and ten seconds. */
async function start(shutdownSeconds = 0): Promise<RunningServer> {
  const server = await startScriptedTestServer({
    'storage.driver': 'fs',
    'storage.path': path,
    'server.shutdown_timeout_seconds': String(shutdownSeconds),
  });
  servers.push(server);
  return server;
}

async function create(server: RunningServer): Promise<string> {
  const response = await callWithKey(`${server.url}/v1/conversations`, undefined, {});
  return ((await response.json()) as { id: string }).id;
}

const statusOf = async (server: RunningServer, id: string): Promise<number> =>
  (await callWithKey(`${server.url}/v1/conversations/${id}`, undefined)).status;

/** Says in the lock that a process has the directory. */
async function claim(change: object): Promise<void> {
  const own = JSON.parse(await readFile(lock, 'utf8')) as object;
  await writeFile(lock, JSON.stringify({ ...own, token: 'another', ...change }));
}

test('a second server on the directory of one that runs is refused, and harms nothing', async () => {
  const first = await start();
  const before = await create(first);
  await writeFile(join(path, '.tmp', 'being-written'), 'half');
  await expect(start()).rejects.toThrow(/in use by another server \(process \d+\)/);
  expect(await readdir(join(path, '.tmp'))).toEqual(['being-written']);
  const after = await create(first);
  expect([await statusOf(first, before), await statusOf(first, after)]).toEqual([200, 200]);
});

test('one that starts while another ends waits for it, and has its conversations', async () => {
  const first = await start();
  const id = await create(first);
  const starting = start();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const last = await create(first);
  await first.close();
  const second = await starting;
  expect([await statusOf(second, id), await statusOf(second, last)]).toEqual([200, 200]);
});

test('of many that start at once, one has it', async () => {
  await mkdir(path, { recursive: true });
  const results = await Promise.allSettled(Array.from({ length: 6 }, () => start()));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('that of a killed process is taken at once, and by one only', async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const first = await start();
  const id = await create(first);
  await first.close();
  await start().then(async () => claim({ pid: child.pid }));
  const claimed = await readFile(lock, 'utf8');
  await servers.pop()?.close();
  await writeFile(lock, claimed);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const startedAt = performance.now();
  const results = await Promise.allSettled([start(), start(), start()]);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const [server] = servers.slice(-1);
  expect(await statusOf(server!, id)).toBe(200);
  expect(performance.now() - startedAt).toBeLessThan(30_000);
});

test('another process of the same id is not the one that was killed', async () => {
  const server = await start();
  await claim({ startedAt: '1' });
  const claimed = await readFile(lock, 'utf8');
  await server.close();
  await writeFile(lock, claimed);
  await start();
});

test('one on another machine has it as long as it shows life, and not for ever', async () => {
  const server = await start();
  await claim({ place: 'elsewhere' });
  const claimed = await readFile(lock, 'utf8');
  await server.close();
  await writeFile(lock, claimed);
  const beating = setInterval(() => void utimes(lock, new Date(), new Date()), 1000);
  try {
    await expect(start()).rejects.toThrow(/in use/);
  } finally {
    clearInterval(beating);
  }
  await start(20);
});

test('what was not written whole is nobody’s after a time', async () => {
  await mkdir(path, { recursive: true });
  await writeFile(lock, '{"pid":');
  await start(20);
});
