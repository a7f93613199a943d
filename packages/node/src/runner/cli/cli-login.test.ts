import { expect, test, afterEach, beforeEach } from 'vitest';
import { loginOf, readStoredLogin } from './cli-login.ts';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

test.each([
  ['key', { ANTHROPIC_API_KEY: 'key' }],
  ['key', { ANTHROPIC_AUTH_TOKEN: 'token', ANTHROPIC_BASE_URL: 'https://llm.example.com' }],
  ['subscription', { ANTHROPIC_API_KEY: '', ANTHROPIC_AUTH_TOKEN: '' }],
  ['subscription', {}],
  ['subscription', { CLAUDE_CODE_OAUTH_TOKEN: 'token' }],
  ['cloud', { CLAUDE_CODE_USE_BEDROCK: '1' }],
  ['cloud', { CLAUDE_CODE_USE_VERTEX: 'true', ANTHROPIC_API_KEY: 'key' }],
  ['cloud', { CLAUDE_CODE_USE_FOUNDRY: 'yes' }],
  ['cloud', { CLAUDE_CODE_USE_MANTLE: 'ON' }],
  ['cloud', { CLAUDE_CODE_USE_ANTHROPIC_AWS: '1' }],
  ['cloud', { CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD: '1' }],
  ['subscription', { CLAUDE_CODE_USE_BEDROCK: '0' }],
  ['key', { CLAUDE_CODE_USE_VERTEX: 'false', ANTHROPIC_API_KEY: 'key' }],
])('a login is a %s by %o', (login, environment) => {
  expect(loginOf(environment)).toBe(login);
});

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'stored-login-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function settings(text: string, directory = join(home, '.claude')): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'settings.json'), text);
}

test('a helper in settings.json is a key', () => {
  settings('{"apiKeyHelper": "print-key", "model": "opus", "hooks": {"Stop": []}}');
  expect(readStoredLogin({ HOME: home })).toEqual({ login: 'key', environment: { HOME: home }, helpers: { apiKeyHelper: 'print-key' } });
});

test('variables in settings.json count as they do for the CLI', () => {
  settings('{"env": {"ANTHROPIC_AUTH_TOKEN": "t", "ANTHROPIC_BASE_URL": "http://b", "API_TIMEOUT_MS": 5}}');
  const { login, environment } = readStoredLogin({ HOME: home, ANTHROPIC_BASE_URL: 'http://a' });
  expect({ login, environment }).toEqual({
    login: 'key',
    environment: { HOME: home, ANTHROPIC_AUTH_TOKEN: 't', ANTHROPIC_BASE_URL: 'http://b', API_TIMEOUT_MS: '5' },
  });
  settings('{"env": {"CLAUDE_CODE_USE_BEDROCK": "1"}, "awsAuthRefresh": "aws sso login"}');
  expect(readStoredLogin({ HOME: home })).toMatchObject({ login: 'cloud', helpers: { awsAuthRefresh: 'aws sso login' } });
});

test('settings are where CLAUDE_CONFIG_DIR says', () => {
  const directory = join(home, 'elsewhere');
  settings('{"env": {"ANTHROPIC_API_KEY": "k"}}', directory);
  expect(readStoredLogin({ HOME: home, CLAUDE_CONFIG_DIR: directory }).login).toBe('key');
  expect(readStoredLogin({ HOME: home }).login).toBe('subscription');
});

test.each([
  ['a key', { ANTHROPIC_API_KEY: 'k' }, 'key'],
  ['a subscription’s token', { CLAUDE_CODE_OAUTH_TOKEN: 't' }, 'subscription'],
])('who gives the server %s has chosen the login', (_, given, login) => {
  settings('{"apiKeyHelper": "print-key", "env": {"ANTHROPIC_AUTH_TOKEN": "t", "ANTHROPIC_MODEL": "opus"}}');
  expect(readStoredLogin({ HOME: home, ...given })).toEqual({ login, environment: { HOME: home, ...given }, helpers: {} });
});

test.each([
  '{"env": {"FOO": "1", "ANTHROPIC_MODEL": "opus"}}',
  'no JSON',
  '[]',
  '{"env": 3, "apiKeyHelper": ["x"]}',
  '{"apiKeyHelper": ""}',
])('without a login in settings.json nothing of it counts: %s', (text) => {
  settings(text);
  expect(readStoredLogin({ HOME: home })).toEqual({ login: 'subscription', environment: { HOME: home }, helpers: {} });
});
