import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Logger, Turn } from '@claude-code-api/gateway';
import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { loadSettings } from '../config/load-settings.ts';
import { printSettings } from '../config/print-settings.ts';
import { createServer, type RunningServer } from '../create-server.ts';
import { welcomeText } from '../command/welcome-text.ts';

const secret = 'sk-geheim-4711';

let directory: string;
let log: string[];
let started: RunningServer[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'agent-profiles-'));
  log = [];
  started = [];
});
afterEach(async () => {
  for (const server of started) await server.close();
  rmSync(directory, { recursive: true, force: true });
});

function recordingLogger(): Logger {
  const record = (fields: object, message: string): void => void log.push(`${message} ${JSON.stringify(fields)}`);
  return { debug: record, info: record, warn: record, error: record };
}

/** A server whose runner only takes note of what it is asked. */
async function serve(flags: Readonly<Record<string, string>>) {
  const settings = loadSettings({ environment: {}, flags: { 'server.port': '0', ...flags } });
  const runner = createScriptedRunner();
  const server = await createServer(settings, { environment: { TOKEN: secret }, runner, logger: recordingLogger() });
  const { profiles } = server;
  started.push(server);
  const get = async (path: string): Promise<string> => (await fetch(`${server.url}${path}`)).text();
  const chat = async (model: string): Promise<string> => {
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] });
    return (
      await fetch(`${server.url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    ).text();
  };
  return { settings, profiles, runner, get, chat };
}

test('no secret of an MCP server is in a log, a reply, the welcome or the settings that are printed', async () => {
  const file = join(directory, 'mcp.json');
  const servers = {
    local: { command: 'local', args: ['--key', secret], env: { KEY: '${TOKEN}', OTHER: secret } },
    remote: { type: 'http', url: `https://user:${secret}@example.com/?key=${secret}`, headers: { authorization: 'Bearer ${TOKEN}' } },
  };
  writeFileSync(file, JSON.stringify({ mcpServers: servers }));
  const { settings, profiles, get, chat } = await serve({
    'mcp.enabled': 'true',
    'mcp.config_file': file,
    'mcp.debug': 'true',
    'log.level': 'debug',
    'profiles.agent': JSON.stringify({ tools: ['Read'], mcp_servers: { own: servers.local } }),
  });
  expect(JSON.stringify(profiles)).toContain(secret);
  const cli = { path: '/claude', version: '2.1.330', source: 'PATH' };
  const told = [
    await get('/health'),
    await get('/v1/models'),
    await chat('agent/sonnet'),
    await chat('sonnet'),
    await chat('nothing/sonnet'),
    welcomeText({ url: 'http://a', version: '1', cli, login: 'api_key', profiles }),
    printSettings(settings),
    ...log,
  ].join('\n');
  for (const name of ['local', 'remote', 'own', 'agent']) expect(told).toContain(name);
  expect(told).not.toContain(secret);
});

test('what is turned on is logged at the start', async () => {
  await serve({
    'profiles.agent': JSON.stringify({ tools: ['Read'], mcp_servers: { own: { command: 'x' } } }),
    'file_access.tools': '["Grep"]',
  });
  const lines = log.filter((line) => line.startsWith('Claude may use more'));
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/"profile":"default".*"Grep"/);
  expect(lines[1]).toMatch(/"profile":"agent".*"Read".*"own"/);
});

test('by default nothing is turned on', async () => {
  const { runner, chat } = await serve({});
  await chat('sonnet');
  expect(log.filter((line) => line.startsWith('Claude may use more'))).toEqual([]);
  expect(profilesOf(runner.turns)).toEqual([undefined]);
});

test('a request has the profile that its model names, or the default one', async () => {
  const { runner, chat } = await serve({ 'profiles.agent': '{"tools": ["Read"]}', 'file_access.tools': '["Grep"]' });
  await chat('agent/sonnet');
  await chat('sonnet');
  expect(profilesOf(runner.turns)).toEqual(['agent', 'default']);
});

function profilesOf(turns: readonly Turn[]): (string | undefined)[] {
  return turns.map((turn) => turn.profile);
}
