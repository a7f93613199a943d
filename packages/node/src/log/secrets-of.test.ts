import { expect, test } from 'vitest';
import { loadSettings } from '../config/load-settings.ts';
import { secretsOf } from './secrets-of.ts';

const settings = (flags: Readonly<Record<string, string>> = {}): ReturnType<typeof loadSettings> =>
  loadSettings({ environment: {}, flags });

test('variables whose names say that they are secret', () => {
  const environment = {
    ANTHROPIC_API_KEY: 'one',
    ANTHROPIC_AUTH_TOKEN: 'two',
    CLAUDE_CODE_OAUTH_TOKEN: 'three',
    AWS_SECRET_ACCESS_KEY: 'four',
    some_password: 'five',
    MISSING_TOKEN: undefined,
    PATH: '/usr/bin',
    CLAUDE_CODE__STORAGE__KEY_PREFIX: 'not',
    CLAUDE_CODE_MAX_OUTPUT_TOKENS: '4096',
  };
  expect(secretsOf(environment, settings())).toEqual(['one', 'two', 'three', 'four', 'five']);
});

test('the password of the storage, as it is in the URL and as it is meant', () => {
  const redis = { 'storage.driver': 'redis', 'storage.url': 'redis://user:p%40ss@127.0.0.1:6379' };
  expect(secretsOf({}, settings(redis))).toEqual(['p%40ss', 'p@ss']);
  expect(secretsOf({}, settings({ 'storage.url': 'redis://127.0.0.1:6379' }))).toEqual([]);
  expect(secretsOf({}, settings({ 'storage.url': 'redis://:100%25%@127.0.0.1:6379' }))).toEqual(['100%25%', '100%25%']);
});

test('what MCP servers of profiles are given', () => {
  const servers = {
    files: { command: 'node', env: { GITHUB_TOKEN: 'six', MODE: 'fast' } },
    web: { type: 'http', url: 'https://example.org', headers: { Authorization: 'Bearer seven', accept: 'x' } },
  };
  const flags = { 'profiles.agent': JSON.stringify({ mcp_servers: servers }) };
  expect(secretsOf({}, settings(flags))).toEqual(['six', 'seven']);
});
