import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadSettings, type SettingsSources } from './load-settings.ts';
import { SettingsError } from './settings-error.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'load-profiles-'));
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

test('a profile is a table in the file, or JSON in a variable or a flag; the later source brings the whole of it', () => {
  const path = file(
    '[profiles.agent]\ntools = ["Read"]\nmax_turns = 3\n\n[profiles.other]\n\n[profiles.agent.mcp_servers.a]\ncommand = "a"\n',
  );
  expect(load({ file: path }).profiles).toMatchObject({
    agent: { tools: ['Read'], max_turns: 3, permission_mode: 'default', mcp_servers: { a: { command: 'a' } } },
    other: { tools: [], system_prompt: 'none' },
  });
  const { profiles } = load({
    file: path,
    environment: { CLAUDE_CODE__PROFILES__AGENT: '{"tools": ["Bash"], "max_turns": 4}', CLAUDE_CODE__PROFILES__MY_OWN: '{}' },
    flags: { 'profiles.agent': '{"tools": ["Grep"]}' },
  });
  expect(profiles).toMatchObject({ agent: { tools: ['Grep'], mcp_servers: {} }, other: {}, my_own: {} });
  expect(profiles['agent']?.max_turns).toBeUndefined();
});

test.each<[string, () => Partial<SettingsSources>, string[]]>([
  [
    'an unknown key in the file',
    () => ({ file: file('[profiles.agent]\ntoolz = ["Read"]\n') }),
    ["'profiles.agent.toolz'", '["Read"]', 'settings.toml', 'disallowed_tools'],
  ],
  [
    'an unknown key in a variable',
    () => ({ environment: { CLAUDE_CODE__PROFILES__AGENT: '{"max_turn": 2}' } }),
    ["'profiles.agent.max_turn'", ' 2 ', 'CLAUDE_CODE__PROFILES__AGENT', 'max_turns'],
  ],
  ['a wrong value', () => ({ file: file('[profiles.a]\nmax_turns = 0\n') }), ["'profiles.a.max_turns'", ' 0 ', 'settings.toml']],
  [
    'a keyword of the CLI',
    () => ({ flags: { 'profiles.a': '{"tools": ["default"]}' } }),
    ['profiles.a.tools.0', '"default"', '--profiles.a'],
  ],
  ['a list of tools in one text', () => ({ flags: { 'profiles.a': '{"tools": ["Read,Bash"]}' } }), ['profiles.a.tools.0', '"Read,Bash"']],
  ['an option of the CLI for a rule', () => ({ flags: { 'profiles.a': '{"allow": ["--bare"]}' } }), ['profiles.a.allow.0', '"--bare"']],
  ['a setting for a profile', () => ({ file: file('[profiles]\nagent = 3\n') }), ["'profiles.agent'", 'settings.toml']],
  ['a name in capitals', () => ({ file: file('[profiles.Agent]\n') }), ["'profiles.Agent'", 'settings.toml', 'lower-case']],
  ['a name with a dot', () => ({ file: file('[profiles."a.b"]\n') }), ["'profiles.a.b'", 'settings.toml', 'lower-case']],
  ['the name of a model', () => ({ file: file('[profiles.opus]\n') }), ["'profiles.opus'", 'taken']],
  ['the full name of a model', () => ({ file: file('[profiles.claude-x]\n') }), ["'profiles.claude-x'", 'taken']],
  [
    'the name of the default profile',
    () => ({ flags: { 'profiles.default': '{}' } }),
    ["'profiles.default'", '--profiles.default', 'taken'],
  ],
  ['Object’s own name', () => ({ file: file('[profiles.__proto__]\ntools = ["Bash"]\n') }), ['Unknown setting', 'settings.toml']],
  [
    'a server’s name that is the callers’',
    () => ({ flags: { 'profiles.a': '{"mcp_servers": {"client": {"command": "x"}}}' } }),
    ['profiles.a.mcp_servers.client', 'taken'],
  ],
  [
    'a server without a way to reach it',
    () => ({ flags: { 'profiles.a': '{"mcp_servers": {"s": {"type": "http", "command": "x"}}}' } }),
    ['profiles.a.mcp_servers.s', 'needs a `command`, or a `url`'],
  ],
])('%s is no profile, and is named with where it came from', (_, sources, parts) => {
  const message = problem(sources());
  for (const part of parts) expect(message).toContain(part);
});

test.each<[string, () => Partial<SettingsSources>]>([
  ['a server that is wrong', () => ({ flags: { 'profiles.a': '{"mcp_servers": {"s": {"command": 1, "env": {"T": "geheim"}}}}' } })],
  ['an environment that is wrong', () => ({ flags: { 'profiles.a': '{"mcp_servers": {"s": {"command": "x", "env": "T=geheim"}}}' } })],
  ['servers that are wrong', () => ({ flags: { 'profiles.a': '{"mcp_servers": "geheim"}' } })],
  ['an unknown key', () => ({ flags: { 'profiles.a': '{"servers": {"s": {"env": {"T": "geheim"}}}}' } })],
  ['an unknown key with a list', () => ({ flags: { 'profiles.a': '{"servers": [{"env": {"T": "geheim"}}]}' } })],
  ['JSON that is none', () => ({ flags: { 'profiles.a': '{"mcp_servers": {"s": {"env": {"T": "geheim"}}' } })],
  ['a name that is wrong', () => ({ flags: { 'profiles.A': '{"mcp_servers": {"s": {"command": "x", "env": {"T": "geheim"}}}}' } })],
  ['TOML that is none', () => ({ file: file('[profiles.a.mcp_servers.s.env]\nTOKEN = "geheim" x\n') })],
])('no secret is told for %s in a profile', (_, sources) => {
  const message = problem(sources());
  expect(message).not.toContain('geheim');
  expect(message).toMatch(/profiles\.[aA]|line 2/);
});
