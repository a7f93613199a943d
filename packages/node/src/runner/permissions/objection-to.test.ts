import { describe, expect, test } from 'vitest';
import type { AgentProfile, McpServer } from '../profile/agent-profile.ts';
import { pureProfile } from '../profile/pure-profile.ts';
import { objectionTo, type Permissions } from './objection-to.ts';

const server = (allowedTools?: readonly string[]): McpServer => ({
  definition: {},
  allowedTools,
  startTimeoutMs: undefined,
  callTimeoutMs: undefined,
});
const modes = ['default', 'acceptEdits', 'plan', 'dontAsk'] as const;
const profile: AgentProfile = { ...pureProfile, tools: ['Read', 'Bash', 'Task'], allow: ['Bash(npm test)', 'Skill'] };

const to = (tool: string, input: object = {}, changes: Partial<AgentProfile> = {}, more: Omit<Permissions, 'profile'> = {}) =>
  objectionTo({ tool, input }, { profile: { ...profile, ...changes }, ...more });

describe.each(modes)('in the mode %s', (permissionMode) => {
  test.each(['ps -ef', 'test -f /etc/shadow', 'cat conf*/local.toml', 'npm test; ps -ef', 'cd . && npm test'])(
    'the command "%s", which no rule names, is denied',
    (command) => expect(to('Bash', { command }, { permissionMode })).toBe('command'),
  );

  test('what a rule names may be decided by the CLI, and so may file tools and what stays in the conversation', () => {
    expect(to('Bash', { command: 'npm test' }, { permissionMode })).toBeUndefined();
    for (const tool of ['Read', 'Grep', 'Glob', 'Write', 'Edit', 'NotebookEdit', 'Agent', 'TodoWrite', 'Skill']) {
      expect(to(tool, {}, { permissionMode })).toBeUndefined();
    }
  });

  test('any other tool is denied', () => {
    expect(to('WebFetch', { url: 'https://docs.python.org/' }, { permissionMode })).toBe('web');
    expect(to('WebSearch', {}, { permissionMode })).toBe('web');
    for (const tool of ['Monitor', 'PowerShell', 'LSP', 'SendMessage', 'CronCreate', 'RemoteTrigger', 'EnterWorktree', 'OfTheFuture']) {
      expect(to(tool, { command: 'npm test' }, { permissionMode })).toBe('other');
    }
  });
});

test('rules of settings files count, and the caller’s own tools are the caller’s to run', () => {
  expect(to('Bash', { command: 'make' }, {}, { rules: ['Bash(make)'] })).toBeUndefined();
  expect(to('get_weather')).toBe('other');
  expect(to('get_weather', {}, {}, { callersTools: new Set(['get_weather']) })).toBeUndefined();
});

test('who skips permissions is asked about nothing but tools that are not on their server’s list', () => {
  const mcpServers = { 'my files': server(['read']), open: server() };
  for (const permissionMode of [...modes, 'bypassPermissions'] as const) {
    expect(to('mcp__my_files__read', {}, { permissionMode, mcpServers })).toBeUndefined();
    expect(to('mcp__open__anything', {}, { permissionMode, mcpServers })).toBeUndefined();
    expect(to('mcp__my_files__write', {}, { permissionMode, mcpServers })).toBe('mcp');
  }
  expect(to('Bash', { command: 'ps -ef' }, { permissionMode: 'bypassPermissions' })).toBeUndefined();
  expect(to('mcp__of_nobody__read', {}, { mcpServers })).toBe('mcp');
});

test('a tool that can be of two servers must be permitted by both', () => {
  const mcpServers = { a: server(), a__b: server(['c']) };
  expect(to('mcp__a__b__c', {}, { mcpServers })).toBeUndefined();
  expect(to('mcp__a__b__d', {}, { mcpServers })).toBe('mcp');
});
