import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createKeyHeaders, type KeyHolder } from './create-key-headers.ts';

let workingDirectory: string;
beforeEach(() => {
  workingDirectory = mkdtempSync(join(tmpdir(), 'key-headers-'));
});
afterEach(() => rmSync(workingDirectory, { recursive: true, force: true }));

const open = (environment: Record<string, string>, more: Partial<KeyHolder> = {}) =>
  createKeyHeaders({ login: 'key', environment: { PATH: '/usr/bin:/bin', ...environment }, loginHelpers: {}, workingDirectory, ...more });

test.each<[string, Record<string, string>, object | undefined]>([
  ['a key', { ANTHROPIC_API_KEY: 'k' }, { 'x-api-key': 'k' }],
  ['a token', { ANTHROPIC_AUTH_TOKEN: 't' }, { authorization: 'Bearer t' }],
  ['an empty key beside a token', { ANTHROPIC_API_KEY: '', ANTHROPIC_AUTH_TOKEN: 't' }, { authorization: 'Bearer t' }],
  [
    'headers of the operator’s',
    { ANTHROPIC_API_KEY: 'k', ANTHROPIC_CUSTOM_HEADERS: 'X-Team: a: b \nnone\n cf-aig: 2' },
    { 'x-api-key': 'k', 'x-team': 'a: b', 'cf-aig': '2' },
  ],
  ['a subscription’s token in the place of a token', { ANTHROPIC_AUTH_TOKEN: 'sk-ant-oat01-x' }, undefined],
  ['a subscription’s token in the place of a key', { ANTHROPIC_API_KEY: 'sk-ant-oat01-x' }, undefined],
  [
    'a subscription’s token in a header',
    { ANTHROPIC_API_KEY: 'k', ANTHROPIC_CUSTOM_HEADERS: 'Authorization: Bearer sk-ant-oat01-x' },
    undefined,
  ],
  ['a subscription’s token beside a key', { ANTHROPIC_API_KEY: 'k', ANTHROPIC_AUTH_TOKEN: 'sk-ant-oat01-x' }, undefined],
])('%s', async (_, environment, headers) => {
  expect(await open(environment)()).toEqual(headers);
});

test.each(['subscription', 'cloud'] as const)('a %s has no key', async (login) => {
  expect(await open({ ANTHROPIC_API_KEY: 'k', CLAUDE_CODE_OAUTH_TOKEN: 't' }, { login })()).toBeUndefined();
});

test('what a helper prints is kept for a time, and not when it fails', async () => {
  const loginHelpers = { apiKeyHelper: 'echo x >> runs; [ -e ok ] && cat ok || { touch ok; exit 3; }; echo "key-$ROLE"' };
  const headers = open({ ROLE: 'mine', CLAUDE_CODE_API_KEY_HELPER_TTL_MS: '60000' }, { loginHelpers });
  await expect(headers()).rejects.toThrow();
  expect(await Promise.all([headers(), headers()])).toEqual([expected('key-mine'), expected('key-mine')]);
  expect(await headers()).toEqual(expected('key-mine'));
  expect(readFileSync(join(workingDirectory, 'runs'), 'utf8')).toBe('x\nx\n');
});

test('a helper is asked again when its time is over, and may not bring a subscription’s token', async () => {
  const loginHelpers = { apiKeyHelper: 'if [ -e one ]; then echo sk-ant-oat01-x; else touch one; echo k; fi' };
  const headers = open({ CLAUDE_CODE_API_KEY_HELPER_TTL_MS: '1' }, { loginHelpers });
  expect(await headers()).toEqual(expected('k'));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await headers()).toBeUndefined();
});

function expected(key: string): object {
  return { 'x-api-key': key, authorization: `Bearer ${key}` };
}
