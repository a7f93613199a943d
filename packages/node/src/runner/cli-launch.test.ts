import { expect, test } from 'vitest';
import { cliArguments, cliEnvironment, loginOf } from './cli-launch.ts';

function environment(given: Record<string, string | undefined>, login: 'api-key' | 'stored' = 'api-key'): Record<string, string> {
  return cliEnvironment({
    environment: given,
    login,
    temporaryDirectory: '/private/tmp',
    configDirectory: '/private/config',
    maxRetries: 3,
  });
}

test.each(['api-key', 'stored'] as const)('starts a pure model (%s): no tools, settings, servers or files of the machine', (login) => {
  const given = cliArguments(login);
  const valueOf = (flag: string) => given[given.indexOf(flag) + 1];
  expect(valueOf('--tools')).toBe('');
  expect(valueOf('--setting-sources')).toBe('');
  expect(valueOf('--permission-mode')).toBe('dontAsk');
  expect(given).toEqual(expect.arrayContaining(['--strict-mcp-config', '--no-session-persistence', '--disable-slash-commands']));
  expect(given.join(' ')).not.toMatch(/skip-permissions|bypassPermissions/);
});

test('everything among the arguments is known beforehand: no prompt, no model, no system prompt', () => {
  expect(cliArguments('api-key')).toEqual(cliArguments('api-key'));
  for (const argument of cliArguments('stored', '/private/history.jsonl')) {
    expect(argument).toMatch(/^(--[a-zA-Z-]+|stream-json|dontAsk|mcp__client|\/private\/history\.jsonl|)$/);
  }
  expect(cliArguments('stored').join(' ')).not.toMatch(/--(model|system-prompt|append-system-prompt)/);
});

test('--bare only with a key: it never reads a stored login', () => {
  expect(cliArguments('api-key')).toContain('--bare');
  expect(cliArguments('stored')).not.toContain('--bare');
});

test('resumes only where there is something to resume', () => {
  expect(cliArguments('stored')).not.toContain('--resume');
  expect(cliArguments('stored', 'file').slice(-2)).toEqual(['--resume', 'file']);
});

test('of the environment only what is allowed is passed on', () => {
  const passed = environment({
    PATH: '/bin',
    HOME: '/home/me',
    HTTPS_PROXY: 'http://proxy',
    ANTHROPIC_API_KEY: 'key',
    ANTHROPIC_BASE_URL: 'http://mock',
    LC_ALL: 'C',
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
    DISABLE_PROMPT_CACHING: '1',
    MAX_THINKING_TOKENS: '5',
  });
  expect(passed).toMatchObject({
    PATH: '/bin',
    HOME: '/home/me',
    HTTPS_PROXY: 'http://proxy',
    ANTHROPIC_API_KEY: 'key',
    ANTHROPIC_BASE_URL: 'http://mock',
    LC_ALL: 'C',
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
  for (const name of [...refused, 'CLAUDE_CODE_EXTRA_BODY', 'CLAUDE_CODE_ENTRYPOINT', 'DISABLE_PROMPT_CACHING', 'MAX_THINKING_TOKENS']) {
    expect(passed).not.toHaveProperty(name);
  }
});

test('the switches of the gateway win over the machine’s', () => {
  const passed = environment({ TMPDIR: '/tmp', CLAUDE_CODE_MAX_RETRIES: '99', DISABLE_COMPACT: '' });
  expect(passed).toMatchObject({ TMPDIR: '/private/tmp', CLAUDE_CODE_MAX_RETRIES: '3', DISABLE_COMPACT: '1', DISABLE_AUTOUPDATER: '1' });
});

test('the CLI’s own files are private with a key, and its own where its login is among them', () => {
  const given = { CLAUDE_CONFIG_DIR: '/home/me/.claude' };
  expect(environment(given, 'api-key')).toMatchObject({ CLAUDE_CONFIG_DIR: '/private/config' });
  expect(environment(given, 'stored')).toMatchObject(given);
  expect(environment({}, 'stored')).not.toHaveProperty('CLAUDE_CONFIG_DIR');
});

test('an empty key is none', () => {
  expect(loginOf({ ANTHROPIC_API_KEY: 'key' })).toBe('api-key');
  expect(loginOf({ ANTHROPIC_API_KEY: '' })).toBe('stored');
  expect(loginOf({})).toBe('stored');
});
