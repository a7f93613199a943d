import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { textReply, toolUseReply, errorReply, type MessagesBody, type Reply } from '@claude-code-api/mock-anthropic';
import { toBlocks } from '../support/chat/last-messages.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';

const codex = fileURLToPath(new URL('../node_modules/.bin/codex', import.meta.url));
const patch = '*** Begin Patch\n*** Add File: made.txt\n+by Claude\n*** End Patch';

let server: TestServer;
let directory: string;
beforeAll(async () => {
  // Of names that it knows, Codex offers tools that it has for no others: a patch as a text with a grammar.
  server = await startTestServer({ settings: { 'models.aliases': '{"gpt-5.5":"sonnet"}' } });
  directory = await makeTemporaryDirectory();
});
beforeEach(() => {
  server.mock.reset();
  server.mock.replyWith(script);
});
afterAll(async () => {
  await server?.close();
  await rm(directory, { recursive: true, force: true });
});

/** A model that does what it is told. */
function script({ body }: { readonly body: MessagesBody }): Reply {
  const last = toBlocks(body.messages.at(-1));
  const results = last.filter(({ type }) => type === 'tool_result');
  if (results.length > 0) return textReply(`It says: ${JSON.stringify(results.map(({ content }) => content))}`);
  const asked = last.flatMap(({ text }) => text ?? []).at(-1) ?? '';
  if (asked.startsWith('run ')) return toolUseReply([{ id: 'toolu_run1', name: 'exec_command', input: { cmd: asked.slice(4) } }]);
  if (asked === 'patch') return toolUseReply([{ id: 'toolu_patch1', name: 'apply_patch', input: { input: patch } }]);
  return textReply(['You ', 'said: ', asked]);
}

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `codex exec` in a home of its own. */
function runCodex(parameters: readonly string[]): Promise<Ran> {
  const provider = `{ name = "gateway", base_url = "${server.url}/v1", wire_api = "responses" }`;
  const settings = ['model_provider="gateway"', `model_providers.gateway=${provider}`, 'web_search="disabled"'];
  const env = { PATH: process.env['PATH'], HOME: directory, CODEX_HOME: directory, TMPDIR: directory, NO_PROXY: '127.0.0.1' };
  return new Promise((resolve) => {
    const child = execFile(
      codex,
      ['exec', '--skip-git-repo-check', ...settings.flatMap((setting) => ['-c', setting]), ...parameters],
      { cwd: directory, env, timeout: 100_000 },
      (_, stdout, stderr) => resolve({ exitCode: child.exitCode ?? -1, stdout, stderr }),
    );
    child.stdin?.end();
  });
}

test('an answer, and a second one to the same thread', { timeout: 240_000 }, async () => {
  const first = await runCodex(['-m', 'sonnet', 'hello Claude']);
  expect(first).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('You said: hello Claude') });
  const second = await runCodex(['-m', 'sonnet', 'resume', '--last', 'and again']);
  expect(second).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('You said: and again') });
  const { messages } = server.mock.messages().at(-1)?.body ?? { messages: [] };
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  expect(JSON.stringify(messages[1])).toContain('You said: hello Claude');
});

test('a command is run, and what it says comes back', { timeout: 120_000 }, async () => {
  const ran = await runCodex(['-m', 'sonnet', '-s', 'danger-full-access', 'run echo $((6*7))']);
  expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/It says: .*42/) });
  // The second request went on where the first one's call was held.
  expect(server.mock.messages()).toHaveLength(2);
});

test('a file is made by a patch', { timeout: 120_000 }, async () => {
  const ran = await runCodex(['-m', 'gpt-5.5', '-s', 'danger-full-access', 'patch']);
  expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('It says: ') });
  expect(await readFile(`${directory}/made.txt`, 'utf8')).toBe('by Claude\n');
});

test.each([
  ['a model that is not there', 'no-such-model', 'The model `no-such-model` does not exist'],
  ['a prompt that is too long', 'sonnet', 'ran out of room'],
])('%s is asked for once, and told', { timeout: 120_000 }, async (_, model, message) => {
  server.mock.replyWith(() => errorReply(400, 'invalid_request_error', 'prompt is too long: 5 tokens > 4 maximum'));
  const before = server.log.length;
  const ran = await runCodex(['-m', model, 'hello']);
  expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(message) });
  const requests = server.log.slice(before).filter((line) => line.message === 'request');
  expect(requests.map(({ fields }) => fields['status'])).toEqual([expect.any(Number)]);
});
