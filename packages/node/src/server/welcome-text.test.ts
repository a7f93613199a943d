import type { RunnerHealth } from '@claude-code-api/gateway';
import { expect, test } from 'vitest';
import { welcomeText } from './welcome-text.ts';

function welcome(health: RunnerHealth): string {
  const cli = { path: '/usr/bin/claude', version: '2.1.330', source: 'PATH' };
  return welcomeText({ url: 'http://127.0.0.1:8080', version: '0.1.0', cli, health });
}

test('says the address, the CLI with its path and version, and the login', () => {
  const text = welcome({ healthy: true, details: { cli: { login: 'api_key' } } });
  for (const part of ['http://127.0.0.1:8080', '/usr/bin/claude', '2.1.330', 'PATH', 'Login: api_key']) expect(text).toContain(part);
});

test('says what is wrong with the login', () => {
  expect(welcome({ healthy: false, problem: 'Not logged in. Do this.', details: {} })).toContain('Login: Not logged in. Do this.');
});

test('has a curl line whose body is JSON', () => {
  const body = /-d '(.*)'/.exec(welcome({ healthy: true, details: {} }))?.[1];
  expect(JSON.parse(body ?? '')).toMatchObject({ model: expect.any(String), messages: [{ role: 'user' }] });
});
