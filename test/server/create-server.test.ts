import { rmSync } from 'node:fs';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TurnEvent } from '@claude-code-api/gateway';
import { noUsage } from '@claude-code-api/gateway/runner-kit';
import { createKey, createServer, hashKey, SettingsError, type RunningServer, type SettingsInput } from '@claude-code-api/node';
import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startMockAnthropic, textReply } from '@claude-code-api/mock-anthropic';
import { newestCli } from '../support/cli/cli-versions.ts';
import { mockEnvironment } from '../support/cli/mock-environment.ts';
import { startLeakCheck } from '../support/leak-check.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { silentLogger as logger } from '../support/silent-logger.ts';

let directory: string;
const servers: RunningServer[] = [];
beforeEach(async () => {
  directory = await makeTemporaryDirectory();
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  rmSync(directory, { recursive: true, force: true });
});

async function start(given: SettingsInput, runner = createScriptedRunner()): Promise<RunningServer> {
  const server = await createServer(given, { environment: {}, logger, runner });
  servers.push(server);
  return server;
}

function chat(url: string, model: string, headers: Record<string, string> = {}): Promise<Response> {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] });
  return fetch(`${url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
}

test('settings are those of the file, keys and profiles among them, and what is left out has its default', async () => {
  const key = createKey();
  const runner = createScriptedRunner();
  const server = await start(
    {
      server: { port: 0, api_keys: { alice: { hash: hashKey(key), profiles: ['reader'] } } },
      models: { aliases: { 'gpt-4o': 'sonnet' } },
      profiles: { reader: { tools: ['Read'] } },
    },
    runner,
  );
  expect(server.settings).toMatchObject({ claude: { max_concurrent_sessions: 10 }, profiles: { reader: { permission_mode: 'default' } } });
  expect((await chat(server.url, 'sonnet')).status).toBe(401);
  for (const model of ['gpt-4o', 'reader/sonnet']) {
    expect((await chat(server.url, model, { authorization: `Bearer ${key}` })).status).toBe(200);
  }
  expect(runner.turns.map(({ model, profile }) => [model, profile])).toEqual([
    ['sonnet', undefined],
    ['sonnet', 'reader'],
  ]);
  // What it says of itself are whole settings, from which another can be started.
  const { host } = server.settings.server;
  expect((await start({ ...server.settings, server: { ...server.settings.server, host, port: 0 } })).settings.server.api_keys).toEqual(
    server.settings.server.api_keys,
  );
});

test('the gateway can be asked without HTTP', async () => {
  const { app } = await start({ server: { port: 0 } });
  const response = await app.request('/v1/models', { headers: { host: 'localhost' } });
  expect(await response.json()).toMatchObject({ object: 'list' });
});

test.each([
  [
    'an unknown setting',
    { server: { prot: 1 } },
    /Unknown setting 'server\.prot' in the settings that were given\. Did you mean server\.port\?/,
  ],
  ['an unknown section', { serve: { port: 1 } }, /Unknown setting 'serve\.port'/],
  ['a section that is none', { server: 8080 }, /Unknown setting 'server'/],
  ['a wrong value', { claude: { timeout_seconds: -1 } }, /'claude\.timeout_seconds' has the wrong value -1/],
  ['a wrong value in a profile', { profiles: { agent: { tools: ['Read(x)'] } } }, /profiles\.agent\.tools\.0/],
  ['a profile that can not be had', { profiles: { agent: { working_directory: '/nowhere/at/all' } } }, /working_directory/],
  ['an open address without keys', { server: { host: '0.0.0.0', port: 0 } }, /has no keys/],
])('%s is an error that says so, and nothing is left', async (_, given, message) => {
  const check = startLeakCheck();
  const starting = start(given as SettingsInput);
  await expect(starting).rejects.toThrow(SettingsError);
  await expect(starting).rejects.toThrow(message);
  await check.finish();
});

test('an address that is taken is an error, and nothing is left', async () => {
  const taken = createTcpServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => void taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  const check = startLeakCheck();
  const environment = { ...mockEnvironment('http://127.0.0.1:1'), HOME: directory };
  const starting = createServer({ server: { port }, storage: { driver: 'fs', path: join(directory, 'data') } }, { environment, logger });
  await expect(starting).rejects.toThrow(/EADDRINUSE/);
  await check.finish();
  // A runner that was given is still its owner's.
  const runner = createScriptedRunner();
  await expect(createServer({ server: { port } }, { environment: {}, logger, runner })).rejects.toThrow(/EADDRINUSE/);
  expect((await chat((await start({ server: { port: 0 } }, runner)).url, 'sonnet')).status).toBe(200);
  taken.close();
});

test.each(['stop', 'close'] as const)('%s ends the CLI, connections, timers and files', async (end) => {
  const mock = await startMockAnthropic();
  mock.replyWith(() => textReply('Hello.'));
  const check = startLeakCheck();
  const server = await createServer(
    {
      server: { port: 0, shutdown_timeout_seconds: 5 },
      claude: { command: newestCli.path },
      storage: { driver: 'fs', path: join(directory, 'data') },
      file_access: { fetch_urls: true },
    },
    { environment: { ...mockEnvironment(mock.url), HOME: directory }, logger },
  );
  expect((await chat(server.url, 'sonnet', { connection: 'close' })).status).toBe(200);
  await server[end]();
  await check.finish();
  await expect(chat(server.url, 'sonnet')).rejects.toThrow('fetch failed');
  // A second end is none.
  await Promise.all([server.close(), server.stop()]);
  await mock.close();
});

/** Says that it begins, and does not end. */
async function* stall(): AsyncGenerator<TurnEvent, void, undefined> {
  yield { type: 'turn-start', model: 'sonnet', usage: noUsage };
  await new Promise(() => {});
}

test('close cuts what is under way, also while it stops', async () => {
  const server = await start({ server: { port: 0 } }, createScriptedRunner({ script: stall }));
  const asked = chat(server.url, 'sonnet').then(
    ({ status }) => status,
    () => 'cut',
  );
  await new Promise((resolve) => void setTimeout(resolve, 100));
  const stopping = server.stop();
  await server.close();
  await stopping;
  expect([503, 'cut', 500]).toContain(await asked);
});
