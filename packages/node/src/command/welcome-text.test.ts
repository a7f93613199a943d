import { expect, test } from 'vitest';
import { loadSettings } from '../config/load-settings.ts';
import { resolveProfiles } from '../profiles/resolve-profiles.ts';
import { welcomeText, type WelcomeOptions } from './welcome-text.ts';

function welcome(
  state: Pick<WelcomeOptions, 'login' | 'problem'> = { login: 'api_key' },
  flags: Readonly<Record<string, string>> = {},
  access: Pick<WelcomeOptions, 'keys' | 'isExposed'> = {},
): string {
  const cli = { path: '/usr/bin/claude', version: '2.1.330', source: 'PATH' };
  const profiles = resolveProfiles(loadSettings({ environment: {}, flags }), { environment: {}, isRoot: false });
  return welcomeText({ url: 'http://127.0.0.1:8080', version: '0.1.0', cli, ...state, profiles, ...access });
}

test('says the address, the CLI with its path and version, and the login', () => {
  const text = welcome({ login: 'api_key' });
  for (const part of ['http://127.0.0.1:8080', '/usr/bin/claude', '2.1.330', 'PATH', 'Login: api_key']) expect(text).toContain(part);
});

test('says what is wrong with the login', () => {
  expect(welcome({ login: 'unknown', problem: 'Not logged in. Do this.' })).toContain('Login: Not logged in. Do this.');
});

test('says by which command the CLI is logged in', () => {
  const loggedOut = welcome({ login: 'none', problem: 'Claude Code is not logged in.' });
  expect(loggedOut).toContain('To log in: claude auth login');
  expect(welcome({ login: 'api_key', problem: 'It does not start.' })).not.toContain('To log in');
});

test('has a curl line whose body is JSON', () => {
  const body = /-d '(.*)'/.exec(welcome({ login: 'api_key' }))?.[1];
  expect(JSON.parse(body ?? '')).toMatchObject({ model: expect.any(String), messages: [{ role: 'user' }] });
});

test('names profiles with what they may use, and says nothing of them where there are none', () => {
  const text = welcome(
    { login: 'api_key' },
    {
      'file_access.skip_permissions': 'true',
      'file_access.tools': '["Read"]',
      'profiles.agent': '{"tools": ["Grep"], "mcp_servers": {"search": {"command": "x", "env": {"TOKEN": "geheim"}}}}',
    },
  );
  expect(text).toContain('every model: Read, all without being asked');
  expect(text).toContain('agent/sonnet: Grep, MCP search');
  expect(text).not.toContain('geheim');
  expect(welcome({ login: 'api_key' })).not.toContain('Agent:');
});

test('names the keys, and has one in the curl line; or says that none is needed where others can reach it', () => {
  const health = { login: 'api_key' };
  const text = welcome(health, {}, { keys: ['alice', 'bob'] });
  expect(text).toContain('alice, bob');
  expect(text).toMatch(/curl .* -H 'authorization: Bearer YOUR_KEY' -d/);
  expect(welcome(health, {}, { keys: [], isExposed: true })).toContain('none, so that whoever reaches this server may use it');
  expect(welcome(health)).not.toMatch(/Keys:|Bearer/);
});
