import { expect, test } from 'vitest';
import { loginOf } from './login-of.ts';

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
