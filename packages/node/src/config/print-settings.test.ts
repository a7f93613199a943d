import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listSettings } from './list-settings.ts';
import { loadSettings } from './load-settings.ts';
import { printSettings } from './print-settings.ts';
import type { Settings } from './settings-schema.ts';

test('what is printed is a settings file with the same settings', () => {
  const given = {
    'server.port': '9',
    'models.aliases': '{"gpt-4o": "sonnet", "a b.c": "opus"}',
    'server.cors_origins': '["*"]',
    'claude.command': 'C:\\claude "x"',
    'profiles.agent': '{"tools": ["Read"], "allow": ["Bash(git *)"], "mcp_tools": {"a": []}, "max_budget_usd": 0.5}',
  };
  const settings = loadSettings({ environment: {}, flags: given });
  const directory = mkdtempSync(join(tmpdir(), 'print-settings-'));
  try {
    const file = join(directory, 'settings.toml');
    writeFileSync(file, printSettings(settings));
    expect(loadSettings({ file, environment: {}, flags: {} })).toEqual(settings);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('every secret is masked, and nothing else', () => {
  const settings: Record<string, Record<string, unknown>> = {};
  const own = listSettings().filter(({ key }) => key !== 'profiles.NAME' && key !== 'server.api_keys');
  for (const { key } of own) {
    const [section = '', name = ''] = key.split('.');
    (settings[section] ??= {})[name] = `value of ${key}`;
  }
  const printed = printSettings({ ...settings, server: { ...settings['server'], api_keys: {} }, profiles: {} } as unknown as Settings);
  for (const { key, secret } of own) {
    expect(printed.includes(`value of ${key}"`), `setting ${key}`).toBe(!secret);
  }
  expect(printed.split('********')).toHaveLength(listSettings().filter(({ secret }) => secret).length + 1);
});

test('of keys the hash is masked, and nothing else', () => {
  const hash = `sha256:${'0a'.repeat(32)}`;
  const keys = JSON.stringify({
    alice: { hash, models: ['sonnet'], usd_per_day: 0.5 },
    bob: { hash: hash.replace('0a', '0b'), admin: true },
  });
  const printed = printSettings(loadSettings({ environment: {}, flags: { 'server.api_keys': keys } }));
  expect(printed).not.toContain('0a0a');
  for (const part of ['[server.api_keys.alice]', 'hash = "sha256:********"', '[ "sonnet" ]', 'usd_per_day = 0.5', 'admin = true'])
    expect(printed).toContain(part);
});

test('of MCP servers in profiles nothing is shown that could be a secret', () => {
  const servers = {
    local: { command: 'npx', args: ['-y', '--token=geheim'], env: { TOKEN: 'geheim' }, password: 'geheim', more: { deep: ['geheim'] } },
    remote: { type: 'http', url: 'https://user:geheim@example.com/geheim?key=geheim', headers: { authorization: 'Bearer geheim' } },
  };
  const printed = printSettings(loadSettings({ environment: {}, flags: { 'profiles.agent': JSON.stringify({ mcp_servers: servers }) } }));
  expect(printed).not.toContain('geheim');
  for (const part of ['npx', 'https://example.com/********', 'TOKEN = "********"', 'authorization = "********"'])
    expect(printed).toContain(part);
});
