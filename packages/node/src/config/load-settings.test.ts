import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listProfileFields, listSettings } from './list-settings.ts';
import { loadSettings, type SettingsSources } from './load-settings.ts';
import { SettingsError } from './settings-error.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'load-settings-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function file(text: string): string {
  const path = join(directory, 'settings.toml');
  writeFileSync(path, text);
  return path;
}

function load(sources: Partial<SettingsSources>) {
  return loadSettings({ environment: {}, flags: {}, ...sources });
}

/** The message with which loading fails. */
function problem(sources: Partial<SettingsSources>): string {
  try {
    load(sources);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as SettingsError).message;
  }
  throw new Error('The settings were taken.');
}

test('without any, the defaults hold', () => {
  expect(load({})).toMatchObject({
    server: { host: '127.0.0.1', port: 8080, cors_origins: [] },
    claude: { timeout_seconds: 300, max_concurrent_sessions: 10 },
    log: { level: 'info' },
  });
});

test('flags win over the environment, that over the file, that over the defaults, setting by setting', () => {
  const sources: SettingsSources = {
    file: file('[server]\nport = 1\nhost = "file"\nmax_body_bytes = 2048\n'),
    environment: { CLAUDE_CODE__SERVER__PORT: '2', CLAUDE_CODE__SERVER__HOST: 'environment' },
    flags: { 'server.port': '3' },
  };
  expect(load(sources).server).toMatchObject({ port: 3, host: 'environment', max_body_bytes: 2048, keep_alive: 'chunk' });
});

test('values other than text are JSON in the environment and in flags', () => {
  const settings = load({
    environment: { CLAUDE_CODE__SERVER__CORS_ORIGINS: '["https://a", "https://b"]', CLAUDE_CODE__MODELS__ALIASES: '{"gpt-4o": "sonnet"}' },
    flags: { 'server.keep_alive_seconds': '1.5', 'log.level': 'debug' },
  });
  expect(settings).toMatchObject({
    server: { cors_origins: ['https://a', 'https://b'], keep_alive_seconds: 1.5 },
    models: { aliases: { 'gpt-4o': 'sonnet' } },
    log: { level: 'debug' },
  });
});

test.each<[string, Partial<SettingsSources>]>([
  ['a flag', { flags: { 'server.cors_origins': 'https://a' } }],
  ['a flag, as JSON text', { flags: { 'server.cors_origins': '"https://a"' } }],
  ['a variable', { environment: { CLAUDE_CODE__SERVER__CORS_ORIGINS: 'https://a' } }],
])('a list of one can be its plain value in %s', (_, sources) => {
  expect(load(sources).server.cors_origins).toEqual(['https://a']);
});

test('a list of one can be its plain value in the file; what is no list is told the form', () => {
  expect(load({ file: file('[server]\ncors_origins = "https://a"\n') }).server.cors_origins).toEqual(['https://a']);
  for (const text of ['[https://a]', '', '3', '{"a": 1}']) {
    expect(problem({ flags: { 'server.cors_origins': text } })).toContain('it must be a list, for instance ["a", "b"]');
  }
});

test('text stays text, also where it could be JSON', () => {
  expect(load({ flags: { 'claude.command': '42', 'server.host': 'true' } })).toMatchObject({
    claude: { command: '42' },
    server: { host: 'true' },
  });
});

test('variables of others are nobody’s business', () => {
  expect(load({ environment: { CLAUDE_CODE_OAUTH_TOKEN: 'x', PORT: '1', CLAUDE_CODE__SERVER__PORT: undefined } }).server.port).toBe(8080);
});

test.each<[string, () => Partial<SettingsSources>, string[]]>([
  [
    'the environment',
    () => ({ environment: { CLAUDE_CODE__SERVER__PORT: 'many' } }),
    ['server.port', '"many"', 'CLAUDE_CODE__SERVER__PORT'],
  ],
  ['a flag', () => ({ flags: { 'log.level': 'loud' } }), ['log.level', '"loud"', '--log.level']],
  ['the file', () => ({ file: file('[claude]\ntimeout_seconds = -1\n') }), ['claude.timeout_seconds', '-1', 'settings.toml']],
  ['within a value', () => ({ flags: { 'models.aliases': '{"a": 1}' } }), ['models.aliases', '{"a":1}', '--models.aliases', ': a: ']],
  [
    'deep within a value',
    () => ({ flags: { 'models.prices': '{"opus": {"input": 1, "output": "x"}}' } }),
    ['models.prices', '"output":"x"', '--models.prices', ': opus: output: '],
  ],
  ['an empty variable', () => ({ environment: { CLAUDE_CODE__SERVER__PORT: '' } }), ['server.port', '""', 'CLAUDE_CODE__SERVER__PORT']],
])('a wrong value in %s is named with its key, itself and its source', (_, sources, parts) => {
  const message = problem(sources());
  for (const part of parts) expect(message).toContain(part);
});

test('a sentence about a wrong value ends with one full stop', () => {
  expect(problem({ flags: { 'server.cors_origins': 'chat.example.org' } })).toMatch(/[^.]\.$/);
});

test('all wrong values are named at once', () => {
  const message = problem({ flags: { 'server.port': '-1', 'log.level': 'loud' } });
  expect(message).toContain('server.port');
  expect(message).toContain('log.level');
});

test.each<[string, () => Partial<SettingsSources>, string[]]>([
  [
    'the environment',
    () => ({ environment: { CLAUDE_CODE__SERVER__PROT: '1' } }),
    ["'server.prot'", 'CLAUDE_CODE__SERVER__PROT', 'mean CLAUDE_CODE__SERVER__PORT?'],
  ],
  ['an unknown section', () => ({ environment: { CLAUDE_CODE__SEVRER__PORT: '1' } }), ["'sevrer.port'", 'mean CLAUDE_CODE__SERVER__PORT?']],
  ['a flag', () => ({ flags: { 'server.prot': '1' } }), ["'server.prot'", 'mean --server.port?']],
  ['the file', () => ({ file: file('[server]\nprot = 1\n') }), ["'server.prot'", 'settings.toml']],
  ['outside of sections', () => ({ file: file('port = 1\n') }), ["'port'", 'settings.toml']],
  ['too deep', () => ({ file: file('[server.port]\nx = 1\n') }), ['server.port', 'settings.toml']],
])('an unknown key in %s is named with its source and what may be meant', (_, sources, parts) => {
  const message = problem(sources());
  for (const part of parts) expect(message).toContain(part);
});

test('names of Object’s own are no settings', () => {
  for (const key of ['__proto__.polluted', 'constructor.prototype', 'server.toString', 'server.__proto__']) {
    expect(problem({ flags: { [key]: '1' } })).toContain('Unknown setting');
  }
  expect(problem({ file: file('[__proto__]\npolluted = 1\n') })).toContain('Unknown setting');
  expect({}).not.toHaveProperty('polluted');
});

test('a named file must exist, and be TOML', () => {
  expect(problem({ file: join(directory, 'missing.toml') })).toContain('missing.toml');
  expect(problem({ file: file('[server\n') })).toMatch(/settings\.toml.*not valid TOML/);
});

/** All that the server and the profiles are made by. */
function sourceOf(...folders: string[]): string {
  return folders
    .map((name) => new URL(`../${name}/`, import.meta.url))
    .flatMap((folder) => readdirSync(folder).map((name) => new URL(name, folder)))
    .filter(({ pathname }) => pathname.endsWith('.ts') && !pathname.endsWith('.test.ts'))
    .map((url) => readFileSync(url, 'utf8'))
    .join('\n');
}

test('every setting is described, and its key is read by the server', () => {
  const source = sourceOf('command', 'server', 'profiles', 'keys', 'machines');
  for (const { key, description, variable } of listSettings()) {
    const [section = '', name = ''] = key.split('.');
    expect(description, `the description of ${key}`).toMatch(/^[A-Z].{15,}\.$/);
    expect(variable).toMatch(/^CLAUDE_CODE__[A-Z_]+$/);
    // `settings.server.port`, `claude.command` once the section is taken out, or `const { port } = settings.server`.
    const local = section === 'file_access' ? '(?:file_access|access)' : section;
    const whole = name === 'NAME' ? new RegExp(`\\bsettings\\.${section}\\b`) : new RegExp(`\\b${local}\\.${name}\\b`);
    const sectionAlone = new RegExp(`\\bsettings\\.${section}(?![.\\w])`);
    const read = whole.test(source) || (sectionAlone.test(source) && new RegExp(`\\b${name}\\b`).test(source));
    expect(read, `${key} is read by something in src/command, src/server, src/profiles, src/keys or src/machines`).toBe(true);
  }
});

test('every setting of a profile is described, and read where profiles are made', () => {
  const source = sourceOf('profiles');
  expect(listProfileFields().length).toBeGreaterThan(15);
  for (const { name, description } of listProfileFields()) {
    expect(description, `the description of ${name}`).toMatch(/^[A-Z].{15,}\.$/);
    expect(source, `${name} is read by something in src/profiles`).toMatch(new RegExp(`\\bprofile\\.${name}\\b`));
  }
});

test('a wrong secret is not shown', () => {
  const wrong = (): unknown => load({ flags: { 'storage.url': 'http://user:geheim@host' } });
  expect(wrong).toThrow(/'storage\.url' has the wrong value \*{8} \(from the flag --storage\.url\): must begin with redis/);
  expect(wrong).not.toThrow(/geheim/);
});
