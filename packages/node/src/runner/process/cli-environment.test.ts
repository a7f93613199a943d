import { expect, test } from 'vitest';
import type { CliLogin } from '../cli/cli-login.ts';
import { cliEnvironment } from './cli-environment.ts';

function environment(given: Record<string, string | undefined>, login: CliLogin = 'key'): Record<string, string> {
  return cliEnvironment({
    environment: given,
    login,
    temporaryDirectory: '/private/tmp',
    configDirectory: '/private/config',
    maxRetries: 3,
  });
}

test('of the environment only what is allowed is passed on', () => {
  const passed = environment({
    PATH: '/bin',
    HOME: '/home/me',
    HTTPS_PROXY: 'http://proxy',
    ANTHROPIC_API_KEY: 'key',
    ANTHROPIC_BASE_URL: 'http://mock',
    LC_ALL: 'C',
    BUN_JSC_useDFGJIT: '0',
    AWS_REGION: 'x',
    CLAUDE_CODE_OAUTH_TOKEN: 'token',
    UNSET: undefined,
    NODE_OPTIONS: '--inspect',
    LD_PRELOAD: '/evil.so',
    DATABASE_URL: 'postgres://secret',
    GITHUB_TOKEN: 'secret',
    OPENAI_API_KEY: 'secret',
    CLAUDE_CODE__SERVER__PORT: '1',
    CLAUDECODE: '1',
    CLAUDE_CODE_EXTRA_BODY: '{"temperature":1}',
    CLAUDE_CODE_ENTRYPOINT: 'cli',
    MAX_THINKING_TOKENS: '5',
  });
  expect(passed).toMatchObject({
    PATH: '/bin',
    HOME: '/home/me',
    HTTPS_PROXY: 'http://proxy',
    ANTHROPIC_API_KEY: 'key',
    ANTHROPIC_BASE_URL: 'http://mock',
    LC_ALL: 'C',
    BUN_JSC_useDFGJIT: '0',
    AWS_REGION: 'x',
    CLAUDE_CODE_OAUTH_TOKEN: 'token',
  });
  const refused = [
    'UNSET',
    'NODE_OPTIONS',
    'LD_PRELOAD',
    'DATABASE_URL',
    'GITHUB_TOKEN',
    'OPENAI_API_KEY',
    'CLAUDE_CODE__SERVER__PORT',
    'CLAUDECODE',
  ];
  for (const name of [...refused, 'CLAUDE_CODE_EXTRA_BODY', 'CLAUDE_CODE_ENTRYPOINT', 'MAX_THINKING_TOKENS']) {
    expect(passed).not.toHaveProperty(name);
  }
});

test('the switches of the gateway win over the machine’s', () => {
  const passed = environment({ TMPDIR: '/tmp', CLAUDE_CODE_MAX_RETRIES: '99', DISABLE_COMPACT: '' });
  expect(passed).toMatchObject({ TMPDIR: '/private/tmp', CLAUDE_CODE_MAX_RETRIES: '3', DISABLE_COMPACT: '1', DISABLE_AUTOUPDATER: '1' });
});

test('the CLI’s own files are private with a key, and its own where its login is among them', () => {
  const given = { CLAUDE_CONFIG_DIR: '/home/me/.claude' };
  expect(environment(given, 'key')).toMatchObject({ CLAUDE_CONFIG_DIR: '/private/config' });
  expect(environment(given, 'subscription')).toMatchObject(given);
  expect(environment({}, 'subscription')).not.toHaveProperty('CLAUDE_CONFIG_DIR');
});

test.each<[string, CliLogin, Record<string, string>, string | undefined]>([
  ['a gateway of the operator’s', 'key', { ANTHROPIC_BASE_URL: 'https://llm.example.com' }, '0'],
  ['one whose name only looks like it', 'key', { ANTHROPIC_BASE_URL: 'https://notanthropic.com' }, '0'],
  ['a cloud', 'cloud', {}, '0'],
  ['Anthropic', 'key', {}, undefined],
  ['Anthropic by its name', 'key', { ANTHROPIC_BASE_URL: 'https://api.anthropic.com' }, undefined],
  ['a subscription, which is Anthropic’s', 'subscription', { ANTHROPIC_BASE_URL: 'https://llm.example.com' }, undefined],
  ['the operator’s own wish', 'cloud', { CLAUDE_CODE_ATTRIBUTION_HEADER: '1' }, '1'],
])('the line that only Anthropic takes off the prompt: %s', (_, login, given, expected) => {
  expect(environment(given, login)['CLAUDE_CODE_ATTRIBUTION_HEADER']).toBe(expected);
});

test.each([
  ...['CLAUDE_CODE_CLIENT_CERT', 'CLAUDE_CODE_CLIENT_KEY', 'CLAUDE_CODE_CLIENT_KEY_PASSPHRASE', 'VERTEX_REGION_CLAUDE_HAIKU_4_5'],
  ...['VERTEX_REGION_CLAUDE_9_9_NEW', 'CLAUDE_CODE_SKIP_FOUNDRY_AUTH', 'CLAUDE_CODE_SKIP_MANTLE_AUTH', 'CLAUDE_CODE_USE_MANTLE'],
  ...['CLAUDE_CODE_ATTRIBUTION_HEADER', 'CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS', 'ENABLE_PROMPT_CACHING_1H', 'FORCE_PROMPT_CACHING_5M'],
  ...['DISABLE_PROMPT_CACHING', 'DISABLE_PROMPT_CACHING_HAIKU', 'API_TIMEOUT_MS', 'AZURE_CLIENT_ID', 'IDENTITY_ENDPOINT', 'MSI_SECRET'],
  ...['GOOGLE_CLOUD_PROJECT', 'GCE_METADATA_HOST', 'CLAUDE_CODE_API_KEY_HELPER_TTL_MS', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'],
])('%s is obeyed as by the CLI alone', (name) => {
  expect(environment({ [name]: 'x' })).toMatchObject({ [name]: 'x' });
});

test('the operator names more variables; what the gateway sets stays', () => {
  const more = ['MY_HELPER_ROLE', 'DISABLE_COMPACT', 'NOT_SET'];
  const given = { MY_HELPER_ROLE: 'dev', MY_HELPER_ROLES: 'x', DISABLE_COMPACT: '0' };
  const directories = { temporaryDirectory: '/private/tmp', configDirectory: '/private/config' };
  const passed = cliEnvironment({ environment: given, login: 'key', more, maxRetries: 0, ...directories });
  expect(passed).toMatchObject({ MY_HELPER_ROLE: 'dev', DISABLE_COMPACT: '1' });
  expect(passed).not.toHaveProperty('MY_HELPER_ROLES');
  expect(passed).not.toHaveProperty('NOT_SET');
});
