import type { Logger } from '@claude-code-api/gateway';
import { expect, test } from 'vitest';
import type { AgentProfile, McpServer } from '../profile/agent-profile.ts';
import type { CliControlRequest } from '../process/cli-message.ts';
import { pureProfile } from '../profile/pure-profile.ts';
import { createPermissionPolicy } from './permission-policy.ts';

const server = (allowedTools?: readonly string[]): McpServer => ({
  definition: {},
  allowedTools,
  startTimeoutMs: undefined,
  callTimeoutMs: undefined,
});
const profile: AgentProfile = {
  ...pureProfile,
  tools: ['Read', 'Bash'],
  permissionMode: 'bypassPermissions',
  mcpServers: { 'my files': server(['read']), open: server() },
};

function setUp(changes: Partial<AgentProfile> = {}) {
  const log: object[] = [];
  const info = (fields: object): void => void log.push(fields);
  const logger: Logger = { debug: info, info, warn: info, error: info };
  return { log, policy: createPermissionPolicy({ profileName: 'agent', profile: { ...profile, ...changes }, logger }) };
}

const request = (fields: object): CliControlRequest => ({
  type: 'control_request',
  request_id: 'r',
  request: { subtype: 'can_use_tool', ...fields },
});

test.each([
  [{ tool_name: 'Read', decision_reason_type: 'workingDir' }, 'outside', /outside the directories/],
  [{ tool_name: 'Write', blocked_path: '/etc/secret' }, 'outside', /outside the directories/],
  [{ tool_name: 'Edit' }, 'write', /Changing this file/],
  [{ tool_name: 'Bash', decision_reason_type: 'workingDir' }, 'command', /command/],
  [{ tool_name: 'WebFetch' }, 'web', /address/],
  [{ tool_name: 'mcp__open__delete' }, 'mcp', /tool/],
  [{ tool_name: 'OfTheFuture' }, 'other', /not permitted/],
])('%j is denied as %s, with a reason that names no path', (asked, kind, reason) => {
  const { log, policy } = setUp();
  const answer = policy.answer(request({ tool_use_id: 't', input: { file_path: '/etc/secret', command: 'cat /etc/secret' }, ...asked }));
  expect(answer).toEqual({ behavior: 'deny', message: expect.stringMatching(reason) as string });
  expect(log).toEqual([{ profile: 'agent', tool: asked.tool_name, kind }]);
  expect(JSON.stringify([answer, log])).not.toContain('secret');
});

test('each denial counts and is logged once, also one by a rule that nobody asked about', () => {
  const { log, policy } = setUp();
  policy.answer(request({ tool_name: 'Bash', tool_use_id: 'a' }));
  policy.note('a', 'Bash');
  policy.note('b', 'Read');
  expect(policy.denials).toBe(2);
  expect(log).toEqual([
    { profile: 'agent', tool: 'Bash', kind: 'command' },
    { profile: 'agent', tool: 'Read', kind: 'rule' },
  ]);
});

const hook = (input: object): CliControlRequest => ({
  type: 'control_request',
  request_id: 'r',
  request: { subtype: 'hook_callback', callback_id: 'x', input },
});

const decision = (permissionDecision: string): object => ({ hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision } });

test('a hook tells of each use of a tool, and has the CLI ask about what no rule names', () => {
  const { log, policy } = setUp({ permissionMode: 'default' });
  expect(policy.initialize).toMatchObject({ hooks: { PreToolUse: [{ hookCallbackIds: [expect.any(String)], onFailure: 'block' }] } });
  expect(JSON.stringify(policy.initialize)).not.toContain('matcher');
  expect(policy.answer(hook({ tool_name: 'Read', tool_use_id: 'r' }))).toEqual({});
  expect(policy.answer(hook({ tool_name: 'mcp__my_files__read', tool_use_id: 'm' }))).toEqual({});
  const bash = { tool_name: 'Bash', tool_use_id: 'b' };
  expect(policy.answer(hook({ ...bash, tool_input: { command: 'ps -ef' } }))).toMatchObject(decision('ask'));
  expect(policy.answer(hook({ tool_name: 'mcp__my_files__write', tool_use_id: 'w' }))).toMatchObject(decision('ask'));
  expect(log).toEqual([]);
  expect(policy.answer(request({ ...bash, decision_reason_type: 'hook' }))).toMatchObject({ behavior: 'deny' });
  expect([policy.hasDenied('r'), policy.hasDenied('b')]).toEqual([false, true]);
  expect(log).toEqual([{ profile: 'agent', tool: 'Bash', kind: 'command' }]);
  expect(policy.answer(hook({ of: 'the future' }))).toMatchObject(decision('deny'));
});

test('where the CLI asks about nothing, tools that are not on the list of their server are denied at once', () => {
  const { log, policy } = setUp();
  expect(policy.answer(hook({ tool_name: 'Bash', tool_input: { command: 'ps -ef' } }))).toEqual({});
  expect(policy.answer(hook({ tool_name: 'mcp__my_files__write', tool_use_id: 'w' }))).toMatchObject(decision('deny'));
  expect(policy.hasDenied('w')).toBe(true);
  expect(log).toEqual([{ profile: 'agent', tool: 'mcp__my_files__write', kind: 'mcp' }]);
});

test('what is no question about tools is left to others', () => {
  expect(setUp().policy.answer({ type: 'control_request', request_id: 'r', request: { subtype: 'mcp_message' } })).toBeUndefined();
});

test('the statistics are told of each tool that did not run, and the log by whose request', () => {
  const denied: string[][] = [];
  const log: object[] = [];
  const note = (fields: object): void => void log.push(fields);
  const ignore = (): void => {};
  const policy = createPermissionPolicy({
    profileName: 'agent',
    profile,
    insight: {
      processStarted: ignore,
      processFailed: ignore,
      turnRetried: ignore,
      toolDenied: (...what) => void denied.push(what),
      watch: ignore,
    },
    logger: { debug: note, info: note, warn: note, error: note },
  });
  policy.answer(request({ subtype: 'can_use_tool', tool_name: 'Bash', tool_use_id: 'one' }), { requestId: 'the-one' });
  policy.note('one', 'Bash', 'the-one');
  policy.note('two', 'Read', 'the-other');
  expect(denied).toEqual([
    ['agent', 'Bash'],
    ['agent', 'Read'],
  ]);
  expect(log).toMatchObject([
    { tool: 'Bash', requestId: 'the-one' },
    { tool: 'Read', kind: 'rule', requestId: 'the-other' },
  ]);
});
