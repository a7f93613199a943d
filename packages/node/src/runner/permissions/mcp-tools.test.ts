import { expect, test } from 'vitest';
import type { McpServer } from '../profile/agent-profile.ts';
import { unlistedTools } from './mcp-tools.ts';

const server = (allowedTools?: string[]): McpServer => ({
  definition: {},
  allowedTools,
  startTimeoutMs: 100,
  callTimeoutMs: undefined,
});
const tools = ['read', 'write'].map((name) => ({ name }));

/** A CLI that gives these answers, the last again and again. */
function cliWith(...answers: unknown[]) {
  const asked: unknown[] = [];
  return {
    asked,
    control: async (request: unknown) => {
      asked.push(request);
      return answers.length > 1 ? answers.shift() : answers[0];
    },
  };
}

test('what a server has and its list has not is told, once the server has started', async () => {
  const other = { name: 'all', status: 'pending' };
  const cli = cliWith(
    { mcpServers: [{ name: 'my files', status: 'pending' }, other] },
    { mcpServers: [{ name: 'my files', status: 'connected', tools }, other] },
  );
  expect(await unlistedTools(cli, { 'my files': server(['read']), all: server() })).toEqual(['mcp__my_files__write']);
  expect(cli.asked).toHaveLength(2);
});

test('nothing is asked where no server has a list', async () => {
  const cli = cliWith({});
  expect(await unlistedTools(cli, { all: server() })).toEqual([]);
  expect(cli.asked).toEqual([]);
});

test('a server that fails, or does not start in its time, has nothing that could be shown; a CLI that does not tell, neither', async () => {
  const listed = { files: server([]) };
  expect(await unlistedTools(cliWith({ mcpServers: [{ name: 'files', status: 'failed' }] }), listed)).toEqual([]);
  expect(await unlistedTools(cliWith({ mcpServers: [{ name: 'files', status: 'pending' }] }), listed)).toEqual([]);
  expect(await unlistedTools(cliWith('other'), listed)).toEqual([]);
  expect(await unlistedTools(cliWith({ mcpServers: [{ name: 'files', status: 'connected', tools }] }), listed)).toEqual([
    'mcp__files__read',
    'mcp__files__write',
  ]);
});
