import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadSettings } from '../config/load-settings.ts';
import { SettingsError } from '../config/settings-error.ts';
import { missingDirectoriesOf } from './missing-directories-of.ts';
import { resolveProfiles, type ResolveProfilesOptions } from './resolve-profiles.ts';

let directory: string;
let mcpFile: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'resolve-profiles-'));
  mkdirSync(join(directory, 'work'));
  mcpFile = join(directory, 'mcp.json');
  writeFileSync(
    mcpFile,
    '{"mcpServers": {"files": {"command": "files", "env": {"TOKEN": "${TOKEN}"}}, "web": {"type": "http", "url": "http://web"}}}',
  );
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function resolved(flags: Readonly<Record<string, string>>, options: Partial<ResolveProfilesOptions> = {}) {
  const environment = { TOKEN: 'geheim', HOME: '/home/me', ...options.environment };
  return resolveProfiles(loadSettings({ environment: {}, flags }), {
    isRoot: false,
    sandboxProblem: () => undefined,
    ...options,
    environment,
  });
}

function byDefault(flags: Readonly<Record<string, string>>, options?: Partial<ResolveProfilesOptions>) {
  return resolved(flags, options).profiles['default'];
}

test.each<[string, () => Record<string, string>]>([
  ['nothing', () => ({})],
  ['directories for pictures alone', () => ({ 'file_access.additional_dirs': '["/nowhere"]', 'file_access.tools': '[]' })],
  ['an MCP file that is not turned on', () => ({ 'mcp.config_file': '/nowhere.json', 'mcp.strict': 'true' })],
  [
    'an MCP file without a server',
    () => {
      writeFileSync(mcpFile, '{"mcpServers": {}}');
      return { 'mcp.enabled': 'true', 'mcp.config_file': mcpFile };
    },
  ],
])('%s leaves the pure model', (_, flags) => {
  expect(resolved(flags())).toMatchObject({ profiles: {}, defaultProfile: undefined, known: {} });
});

test('tools of the default profile reach its directories; those that write may', () => {
  const directories = { 'file_access.additional_dirs': JSON.stringify([relative('.', directory)]) };
  expect(resolved({ ...directories, 'file_access.tools': '["Read", "Grep"]' })).toMatchObject({
    defaultProfile: 'default',
    profiles: {
      default: { tools: ['Read', 'Grep'], additionalDirectories: [directory], permissionMode: 'default', mcpServers: {}, allow: [] },
    },
    known: {},
    knownOfDefault: {},
  });
  expect(resolved({ 'file_access.tools': '["WebSearch"]' }).knownOfDefault).toEqual({ searches: true });
  expect(byDefault(directories)).toMatchObject({
    tools: ['Read', 'Grep', 'Glob'],
    additionalDirectories: [directory],
    permissionMode: 'default',
  });
  expect(byDefault({ 'file_access.tools': '["Read", "Edit"]' })).toMatchObject({
    permissionMode: 'acceptEdits',
    additionalDirectories: [],
  });
  expect(byDefault({ 'file_access.tools': '["Bash"]' })).toMatchObject({ permissionMode: 'default' });
});

test('who skips permissions has the usual tools, or those that are named', () => {
  expect(byDefault({ 'file_access.skip_permissions': 'true' })).toMatchObject({
    tools: expect.arrayContaining(['Read', 'Write', 'Edit', 'Bash', 'Grep', 'Glob', 'WebFetch']),
    permissionMode: 'bypassPermissions',
  });
  expect(byDefault({ 'file_access.skip_permissions': 'true', 'file_access.tools': '["Bash"]' })).toMatchObject({
    tools: ['Bash'],
    permissionMode: 'bypassPermissions',
  });
});

test.each<[string, Record<string, string>, string]>([
  ['the default profile', { 'file_access.skip_permissions': 'true' }, "'file_access.skip_permissions'"],
  ['a profile', { 'profiles.agent': '{"permission_mode": "bypassPermissions"}' }, "'profiles.agent.permission_mode'"],
])('as root, %s can’t skip permissions, and is told why and what to do', (_, flags, key) => {
  const wrong = (): unknown => resolved(flags, { isRoot: true });
  expect(wrong).toThrow(SettingsError);
  expect(wrong).toThrow(key);
  expect(wrong).toThrow(/runs as root.*Run the server as another user/);
  expect(() => resolved(flags)).not.toThrow();
});

test('commands run in a sandbox where that works, unless a profile says otherwise; where it must and does not, nothing starts', () => {
  const sandboxOf = (agent: object, problem?: string) =>
    resolved({ 'profiles.agent': JSON.stringify({ tools: ['Bash'], ...agent }) }, { sandboxProblem: () => problem }).profiles['agent']
      ?.sandbox;
  expect(sandboxOf({})).toEqual({ network: [] });
  expect(sandboxOf({ sandbox: true, sandbox_network: ['example.com'] })).toEqual({ network: ['example.com'] });
  for (const agent of [{ sandbox: false }, { tools: ['Read'] }, { permission_mode: 'bypassPermissions' }]) {
    expect(sandboxOf(agent)).toBeUndefined();
  }
  expect(sandboxOf({ permission_mode: 'bypassPermissions', sandbox: true })).toEqual({ network: [] });
  expect(sandboxOf({}, 'No bubblewrap.')).toBeUndefined();
  expect(() => sandboxOf({ sandbox: true }, 'No bubblewrap.')).toThrow(/'profiles\.agent\.sandbox'.*No bubblewrap\./);
});

test('root is told by the process itself', () => {
  const settings = loadSettings({ environment: {}, flags: { 'file_access.skip_permissions': 'true' } });
  const taken = (): unknown => resolveProfiles(settings, { environment: {} });
  if (process.getuid?.() === 0) expect(taken).toThrow(/root/);
  else expect(taken).not.toThrow();
});

test('MCP brings servers, with variables in the place of their names, and no tools or files', () => {
  const flags = { 'mcp.enabled': 'true', 'mcp.config_file': relative('.', mcpFile), 'mcp.strict': 'true', 'mcp.debug': 'true' };
  expect(byDefault({ ...flags, 'file_access.additional_dirs': JSON.stringify([directory]), 'file_access.tools': '[]' })).toMatchObject({
    tools: [],
    additionalDirectories: [],
    mcpStrict: true,
    mcpDebug: true,
    mcpServers: {
      files: { definition: { type: 'stdio', env: { TOKEN: 'geheim' } } },
      web: { definition: { type: 'http', url: 'http://web' } },
    },
  });
  expect(byDefault(flags)?.mcpServers['files']?.allowedTools).toBeUndefined();
});

test('a profile is told whole to the runner', () => {
  const given = {
    tools: ['Read'],
    disallowed_tools: ['Bash(rm *)'],
    working_directory: relative('.', join(directory, 'work')),
    additional_dirs: [directory],
    permission_mode: 'plan',
    allow: ['Bash(git *)'],
    deny: ['Read(secret)'],
    mcp_config_file: mcpFile,
    mcp_servers: { web: { type: 'sse', url: 'http://own' } },
    mcp_tools: { files: ['read_file'] },
    mcp_start_timeout_seconds: 1.5,
    mcp_call_timeout_seconds: 2,
    mcp_strict: true,
    system_prompt: 'claude_code',
    append_system_prompt: 'Be kind.',
    setting_sources: ['project'],
    max_turns: 5,
    max_budget_usd: 0.25,
    effort: 'high',
  };
  const { profiles, defaultProfile, known } = resolved({ 'profiles.agent': JSON.stringify(given), 'profiles.plain': '{}' });
  const times = { startTimeoutMs: 1500, callTimeoutMs: 2000 };
  expect(profiles['agent']).toEqual({
    tools: ['Read'],
    disallowedTools: ['Bash(rm *)'],
    workingDirectory: join(directory, 'work'),
    additionalDirectories: [directory],
    protectedPaths: expect.arrayContaining([mcpFile]),
    permissionMode: 'plan',
    allow: ['Bash(git *)'],
    deny: ['Read(secret)'],
    sandbox: undefined,
    mcpServers: {
      files: { definition: expect.objectContaining({ type: 'stdio' }), allowedTools: ['read_file'], ...times },
      web: { definition: { type: 'sse', url: 'http://own', headers: {} }, allowedTools: undefined, ...times },
    },
    mcpStrict: true,
    mcpDebug: false,
    systemPrompt: 'claude-code',
    appendSystemPrompt: 'Be kind.',
    settingSources: ['project'],
    maxTurns: 5,
    maxBudgetUsd: 0.25,
  });
  expect(Object.keys(profiles)).toEqual(['agent', 'plain']);
  expect(profiles['plain']).toMatchObject({ tools: [], workingDirectory: undefined, permissionMode: 'default', systemPrompt: 'none' });
  expect(defaultProfile).toBeUndefined();
  expect(known).toEqual({ agent: { effort: 'high' }, plain: {} });
});

test('directories to be opened that are not there open nothing, and are told by their settings', () => {
  const flags = {
    'file_access.additional_dirs': JSON.stringify(['/Users/me/projects', directory]),
    'profiles.a': '{"tools": ["Read"], "additional_dirs": ["/nowhere"]}',
  };
  const { profiles } = resolved(flags);
  expect([profiles['default']?.additionalDirectories, profiles['a']?.additionalDirectories]).toEqual([[directory], []]);
  expect(missingDirectoriesOf(loadSettings({ environment: {}, flags }))).toEqual([
    { key: 'file_access.additional_dirs', path: '/Users/me/projects' },
    { key: 'profiles.a.additional_dirs', path: '/nowhere' },
  ]);
  expect(resolved({ 'file_access.additional_dirs': '["/Users/me/projects"]' }).profiles).toEqual({});
});

test('settings, MCP files, stored conversations and logins are out of reach in every profile', () => {
  const { profiles } = resolved(
    {
      'profiles.a': JSON.stringify({ tools: ['Read'], mcp_config_file: mcpFile }),
      'profiles.b': '{"tools": ["Read"]}',
      'file_access.tools': '["Read"]',
      'storage.driver': 'fs',
      'storage.path': 'some-data',
      'mcp.config_file': 'other.json',
    },
    { settingsFile: 'my.toml', environment: { CLAUDE_CONFIG_DIR: '/cli' } },
  );
  const paths = [
    ...['my.toml', 'other.json', 'some-data'].map((path) => resolve(path)),
    mcpFile,
    '/cli',
    ...['.claude', '.claude.json', '.claude.json.backup', '.aws', '.azure', '.config/gcloud'].map((name) => `/home/me/${name}`),
  ];
  expect(Object.keys(profiles)).toEqual(['default', 'a', 'b']);
  for (const profile of Object.values(profiles)) expect([...profile.protectedPaths].toSorted()).toEqual(paths.toSorted());
  expect(byDefault({ 'file_access.tools': '["Read"]', 'storage.path': 'some-data' })?.protectedPaths).toEqual(
    expect.arrayContaining([resolve('config/local.toml')]),
  );
  expect(byDefault({ 'file_access.tools': '["Read"]', 'storage.path': 'some-data' })?.protectedPaths).not.toContain(resolve('some-data'));
});

test.each<[string, () => Record<string, string>, RegExp]>([
  [
    'a directory that does not exist',
    () => ({ 'profiles.a': '{"working_directory": "/nowhere"}' }),
    /'profiles\.a\.working_directory'.*'\/nowhere'/,
  ],
  ['a file for a directory', () => ({ 'profiles.a': JSON.stringify({ additional_dirs: [mcpFile] }) }), /'profiles\.a\.additional_dirs'/],
  [
    'a file for a default directory',
    () => ({ 'file_access.tools': '["Read"]', 'file_access.additional_dirs': JSON.stringify([mcpFile]) }),
    /'file_access\.additional_dirs'.*\.json'/,
  ],
  ['MCP without a file', () => ({ 'mcp.enabled': 'true' }), /'mcp\.enabled' needs 'mcp\.config_file'/],
  [
    'an MCP file that does not exist',
    () => ({ 'mcp.enabled': 'true', 'mcp.config_file': '/nowhere.json' }),
    /'\/nowhere\.json' can't be read/,
  ],
  [
    'an allow-list for a server that there is not',
    () => ({ 'profiles.a': '{"mcp_servers": {"web": {"url": "http://a"}}, "mcp_tools": {"wep": ["x"]}}' }),
    /'profiles\.a\.mcp_tools'.*'wep'/,
  ],
  [
    'a variable that is not set',
    () => ({ 'profiles.a': '{"mcp_servers": {"web": {"url": "http://${NOT_SET}"}}}' }),
    /'web' in 'profiles\.a\.mcp_servers'.* NOT_SET/,
  ],
  ['a name that is an alias too', () => ({ 'profiles.a': '{}', 'models.aliases': '{"a": "opus"}' }), /'a'.*'models\.aliases'/],
])('%s stops the start', (_, flags, expected) => {
  const wrong = (): unknown => resolved(flags());
  expect(wrong).toThrow(SettingsError);
  expect(wrong).toThrow(expected);
});
