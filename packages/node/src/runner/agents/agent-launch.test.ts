import { expect, test } from 'vitest';
import type { AgentProfile } from '../profile/agent-profile.ts';
import { pureProfile } from '../profile/pure-profile.ts';
import { agentArguments, type AgentArgumentsOptions } from './agent-launch.ts';

const argumentsOf = (profile: Partial<AgentProfile>, more: Partial<AgentArgumentsOptions> = {}) =>
  agentArguments({ profile: { ...pureProfile, ...profile }, mcpConfigFile: '/private/mcp.json', denyRules: [], ...more });

/** What follows a switch, up to the next. */
function valuesOf(given: readonly string[], flag: string): string[] | undefined {
  const start = given.indexOf(flag);
  if (start === -1) return undefined;
  const after = given.slice(start + 1);
  const end = after.findIndex((argument) => argument.startsWith('--'));
  return end === -1 ? after : after.slice(0, end);
}

test('a profile that allows nothing has no tools, settings, directories or rules', () => {
  const given = argumentsOf({});
  expect(valuesOf(given, '--tools')).toEqual(['']);
  expect(valuesOf(given, '--setting-sources')).toEqual(['']);
  expect(valuesOf(given, '--allowedTools')).toEqual(['mcp__client']);
  expect(valuesOf(given, '--permission-mode')).toEqual(['default']);
  expect(valuesOf(given, '--permission-prompt-tool')).toEqual(['stdio']);
  expect(given).toEqual(expect.arrayContaining(['--strict-mcp-config', '--no-session-persistence', '--disable-slash-commands']));
  for (const flag of ['--disallowedTools', '--add-dir', '--settings', '--max-turns', '--max-budget-usd', '--bare', '--resume']) {
    expect(given).not.toContain(flag);
  }
  expect(given.join(' ')).not.toMatch(/skip-permissions|bypassPermissions/);
});

test('says all that a profile allows and denies, each rule as one argument', () => {
  const given = argumentsOf({
    tools: ['Read', 'Bash'],
    disallowedTools: ['WebFetch'],
    allow: ['Bash(git *)'],
    deny: ['Bash(git push *)'],
    additionalDirectories: ['/data', '/more'],
    settingSources: ['user', 'project'],
    permissionMode: 'acceptEdits',
    maxTurns: 5,
    maxBudgetUsd: 0.5,
  });
  expect(valuesOf(given, '--tools')).toEqual(['Read,Bash']);
  expect(valuesOf(given, '--allowedTools')).toEqual(['mcp__client', 'Bash(git *)']);
  expect(valuesOf(given, '--disallowedTools')).toEqual(['WebFetch', 'Bash(git push *)']);
  expect(valuesOf(given, '--add-dir')).toEqual(['/data', '/more']);
  expect(valuesOf(given, '--setting-sources')).toEqual(['user,project']);
  expect(valuesOf(given, '--permission-mode')).toEqual(['acceptEdits']);
  expect(valuesOf(given, '--max-turns')).toEqual(['5']);
  expect(valuesOf(given, '--max-budget-usd')).toEqual(['0.5']);
});

test('what nobody may reach is denied after the profile’s own rules, and settings go by file', () => {
  const given = argumentsOf({ deny: ['Bash(rm *)'] }, { denyRules: ['Read(//etc/gateway)'], settingsFile: '/private/settings.json' });
  expect(valuesOf(given, '--disallowedTools')).toEqual(['Bash(rm *)', 'Read(//etc/gateway)']);
  expect(valuesOf(given, '--settings')).toEqual(['/private/settings.json']);
});

test('servers go by file, so that no secret is among the arguments; those of their tools that may be used are named', () => {
  const server = (allowedTools?: string[]) => ({
    definition: { env: { TOKEN: 'secret' } },
    allowedTools,
    startTimeoutMs: undefined,
    callTimeoutMs: undefined,
  });
  const given = argumentsOf({ mcpServers: { files: server(['read', 'list']), 'all of it': server() } });
  expect(valuesOf(given, '--mcp-config')).toEqual(['/private/mcp.json']);
  expect(valuesOf(given, '--allowedTools')).toEqual(['mcp__client', 'mcp__files__read', 'mcp__files__list', 'mcp__all_of_it']);
  expect(given.join(' ')).not.toContain('secret');
});

test('permissions are skipped only where a profile says so', () => {
  expect(argumentsOf({ permissionMode: 'bypassPermissions' })).toContain('--dangerously-skip-permissions');
});
