import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  streamErrorReply,
  textReply,
  toolUseReply,
  type BlockParam,
  type RecordedMessages,
  type Reply,
} from '@claude-code-api/mock-anthropic';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newestCli } from '../support/cli/cli-versions.ts';
import { toBlocks } from '../support/chat/last-messages.ts';
import { makeKeys } from '../support/servers/make-keys.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';

const run = promisify(execFile);

let server: TestServer;
let home: string;
let key = '';
beforeAll(async () => {
  const { keys, settings } = makeKeys({ ada: {} });
  key = keys['ada'] ?? '';
  server = await startTestServer({ settings });
  home = await mkdtemp(join(tmpdir(), 'claude-code-client-'));
});
beforeEach(() => server.mock.reset());
afterAll(async () => {
  await server.close();
  await rm(home, { recursive: true, force: true });
});

/** Runs Claude Code against the server, as a person would on another machine. */
async function claude(prompt: string, more: readonly string[] = [], token = key): Promise<object> {
  const running = run(newestCli.path, ['-p', prompt, '--output-format', 'json', '--model', 'claude-opus-5-5', ...more], {
    cwd: home,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      ANTHROPIC_AUTH_TOKEN: token,
      ANTHROPIC_BASE_URL: server.url,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
    },
    timeout: 50_000,
  });
  running.child.stdin?.end();
  return JSON.parse((await running).stdout) as object;
}

function lastBlocks({ body }: RecordedMessages): readonly BlockParam[] {
  return toBlocks(body.messages.at(-1));
}

const call = (name: string, input: Record<string, unknown>): Reply => toolUseReply([{ id: `toolu_${name}${'0'.repeat(20)}`, name, input }]);

const told = (request: RecordedMessages): string => JSON.stringify(lastBlocks(request).filter(({ type }) => type === 'tool_result'));

test('it reads a file and edits it, with a key of the server', async () => {
  const file = join(home, 'note.txt');
  await writeFile(file, 'one two three\n');
  server.mock.replyWith((request) => {
    if (told(request).includes('has been updated')) return textReply('Done.');
    if (told(request).includes('one two three')) return call('Edit', { file_path: file, old_string: 'two', new_string: 'TWO' });
    return call('Read', { file_path: file });
  });
  expect(await claude('Write two in capitals.', ['--allowedTools', 'Read,Edit'])).toMatchObject({ result: 'Done.', is_error: false });
  expect(await readFile(file, 'utf8')).toBe('one TWO three\n');
  const requests = server.mock.messages();
  expect(requests.map(({ body }) => body.messages.map(({ role }) => role).join(' '))).toEqual([
    'user',
    'user assistant user',
    'user assistant user assistant user',
  ]);
  for (const { body } of requests) {
    expect(body).toMatchObject({ model: 'claude-opus-5-5', stream: true, thinking: { type: 'adaptive', display: 'omitted' } });
    expect(body.output_config).toEqual({ effort: 'medium' });
    // The lines of the CLI that asks the API, then the prompt of the one that asks the server, without its version.
    const system = toBlocks({ role: 'system', content: body.system ?? [] }).map(({ text }) => text ?? '');
    expect(system.map((text) => text.slice(0, 26))).toEqual([
      'x-anthropic-billing-header',
      'You are a Claude agent, bu',
      'You are a Claude agent, bu',
    ]);
    expect(system.at(-1)).toContain('# Environment');
  }
  const lines = server.log.filter(({ message }) => message === 'request');
  expect(lines.map(({ fields }) => [fields['route'], fields['caller'], fields['status']])).toEqual(
    Array.from({ length: 3 }, () => ['/v1/messages', 'ada', 200]),
  );
}, 120_000);

test('it finds a tool by a search, and calls it', async () => {
  server.mock.replyWith((request) => {
    if (told(request).includes('tool_reference')) return call('TaskStop', { task_id: 'none' });
    if (told(request) !== '[]') return textReply('Done.');
    return call('ToolSearch', { query: 'select:TaskStop', max_results: 1 });
  });
  expect(await claude('Stop the task.')).toMatchObject({ result: 'Done.', is_error: false });
  const [, found, called] = server.mock.messages();
  expect(found && lastBlocks(found)).toMatchObject([
    { type: 'tool_result', content: [{ type: 'tool_reference', tool_name: 'TaskStop' }] },
    {},
  ]);
  expect(found?.body.tools).toContainEqual(expect.objectContaining({ name: 'TaskStop', defer_loading: true }));
  expect(called && lastBlocks(called)).toMatchObject([
    { type: 'tool_result', tool_use_id: expect.stringContaining('TaskStop') as unknown },
  ]);
}, 120_000);

test('it asks again after a stream that broke off', async () => {
  server.mock.reply(streamErrorReply('Half', 'overloaded_error', 'Overloaded'), textReply('Whole.'));
  expect(await claude('hi')).toMatchObject({ result: 'Whole.', is_error: false });
}, 120_000);

test('it says so at once when its key is wrong', async () => {
  const failure = await claude('hi', [], 'sk-wrong').catch((error: unknown) => error as { stdout: string });
  expect(JSON.stringify(failure)).toContain('Incorrect API key provided');
  expect(server.mock.messages()).toEqual([]);
}, 60_000);
