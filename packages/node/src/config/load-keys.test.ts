import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listKeyFields } from './list-settings.ts';
import { loadSettings, type SettingsSources } from './load-settings.ts';
import { SettingsError } from './settings-error.ts';

const hash = `sha256:${'0a'.repeat(32)}`;
const otherHash = `sha256:${'0b'.repeat(32)}`;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'load-keys-'));
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

/** Sources with one key, `alice`, of these settings. */
function alice(settings: object): Partial<SettingsSources> {
  return { flags: { 'server.api_keys': JSON.stringify({ alice: { hash, ...settings } }) } };
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

test('a key is a table in the file', () => {
  const text = `[server]\nport = 1\n[server.api_keys.alice]\nhash = "${hash}"\nrequests_per_minute = 5\n[server.api_keys.Bob-2]\nhash = "${otherHash}"\nadmin = true\n`;
  expect(load({ file: file(text) }).server).toMatchObject({
    port: 1,
    api_keys: {
      alice: { hash, profiles: [], requests_per_minute: 5, admin: false },
      'Bob-2': { hash: otherHash, admin: true },
    },
  });
});

test('keys are JSON in a variable or a flag; the later source brings all of them', () => {
  const environment = { CLAUDE_CODE__SERVER__API_KEYS: JSON.stringify({ alice: { hash }, bob: { hash: otherHash } }) };
  expect(Object.keys(load({ environment }).server.api_keys)).toEqual(['alice', 'bob']);
  const flags = { 'server.api_keys': JSON.stringify({ carol: { hash } }) };
  expect(Object.keys(load({ environment, flags }).server.api_keys)).toEqual(['carol']);
});

test('a key may use all models and no profile, unless its settings say more', () => {
  const profiles = { 'profiles.agent': '{}' };
  expect(load(alice({})).server.api_keys['alice']).toEqual({ hash, profiles: [], admin: false });
  const { flags } = alice({ models: ['haiku'], profiles: ['agent'] });
  expect(load({ flags: { ...flags, ...profiles } }).server.api_keys['alice']).toMatchObject({ models: ['haiku'], profiles: ['agent'] });
  expect(load(alice({ profiles: ['*'] })).server.api_keys['alice']).toMatchObject({ profiles: ['*'] });
});

test('every setting of a key is described', () => {
  expect(listKeyFields().length).toBeGreaterThan(10);
  for (const { name, description } of listKeyFields()) expect(description, name).toMatch(/^[A-Z].{15,}\.$/);
});

const oneKey = (settings: string): Partial<SettingsSources> => ({ flags: { 'server.api_keys': `{"alice": ${settings}}` } });

test.each<[string, () => Partial<SettingsSources>, string[]]>([
  [
    'an unknown setting',
    () => ({ file: file(`[server.api_keys.alice]\nhash = "${hash}"\nrequests = 1\n`) }),
    ["'server.api_keys.alice.requests'", 'settings.toml', 'requests_per_minute'],
  ],
  ['no hash', () => oneKey('{}'), ["'server.api_keys.alice.hash'", '--server.api_keys']],
  ['a hash of another kind', () => oneKey('{"hash": "md5:0a"}'), ["'server.api_keys.alice.hash'", 'create-key']],
  ['the key in its place', () => oneKey('"ccapi_x"'), ["'server.api_keys.alice'", '********']],
  ['a limit of 0', () => alice({ requests_per_minute: 0 }), ["'server.api_keys.alice.requests_per_minute'", ' 0 ']],
  ['a part of a request', () => alice({ concurrent_turns: 1.5 }), ["'server.api_keys.alice.concurrent_turns'", ' 1.5 ']],
  ['a limit that is none', () => alice({ usd_per_day: -1 }), ["'server.api_keys.alice.usd_per_day'", ' -1 ']],
  ['a model that is no name', () => alice({ models: ['sonnet', 3] }), ["'server.api_keys.alice.models.1'", ' 3 ']],
  ['an unknown profile', () => alice({ profiles: ['agnet'] }), ["'server.api_keys.alice.profiles'", '["agnet"]', "no profile 'agnet'"]],
  ['a name with a dot', () => ({ flags: { 'server.api_keys': `{"a.b": {"hash": "${hash}"}}` } }), ["'server.api_keys.a.b'", 'letters']],
  ['a name that is too long', () => ({ flags: { 'server.api_keys': `{"${'a'.repeat(65)}": {"hash": "${hash}"}}` } }), ['aaaa', '64']],
  ['no name', () => ({ flags: { 'server.api_keys': `{"": {"hash": "${hash}"}}` } }), ['1 to 64 letters']],
  ['Object’s own name', () => ({ flags: { 'server.api_keys': `{"__proto__": {"hash": "${hash}"}}` } }), ["'server.api_keys.__proto__'"]],
  [
    'Object’s own name in a file',
    () => ({ file: file(`[server.api_keys.__proto__]\nhash = "${hash}"\n`) }),
    ['__proto__', 'settings.toml'],
  ],
  ['a list of keys', () => ({ flags: { 'server.api_keys': '["ccapi_x"]' } }), ["'server.api_keys'", '********']],
  [
    'one hash under two names',
    () => ({ flags: { 'server.api_keys': JSON.stringify({ alice: { hash }, bob: { hash } }) } }),
    ["'server.api_keys.bob.hash'", "'alice'"],
  ],
])('%s is no key, and is named with where it came from', (_, sources, parts) => {
  const message = problem(sources());
  for (const part of parts) expect(message).toContain(part);
});

test.each<[string, string]>([
  ['in the place of its hash', '{"hash": "ccapi_geheim"}'],
  ['under a setting that does not exist', '{"key": "ccapi_geheim"}'],
  ['in the place of its settings', '"ccapi_geheim"'],
  ['in JSON that is none', '{"hash": "ccapi_geheim"'],
])('a key that was put %s is not told', (_, settings) => {
  expect(problem(oneKey(settings))).not.toContain('geheim');
});
