import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ChatMessage } from '../support/chat/chat-message.ts';
import { newestCli, minimumCli } from '../support/cli/cli-versions.ts';
import { conversations } from '../support/chat/conversations.ts';
import { joinedConversations } from '../support/chat/joined-conversations.ts';
import { createForgetfulCli } from '../support/cli/create-forgetful-cli.ts';
import { expectErrorResponse } from '../support/chat/expect-error.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { toExpectedConversation } from '../support/chat/to-expected-conversation.ts';
import { withoutCacheControl } from '../support/chat/without-cache-control.ts';

const given = conversations.filter(({ messages }) => messages.some(({ role }) => role === 'assistant'));
// Each takes a CLI started cold, and a new one: those that are joined are enough to see that the way by a file is exact too.
const histories = joinedConversations.filter(
  ({ messages }) => messages.filter(({ role }) => role === 'assistant').length > 1 && !endsInResults(messages),
);

/** Whether calls and their results are the last that was said; such a history can't be split between a transcript and a question. */
function endsInResults(messages: readonly ChatMessage[]): boolean {
  const [last] = toExpectedConversation(messages).messages.slice(-1);
  return Array.isArray(last?.content) && last.content.some(({ type }: { type: string }) => type === 'tool_result');
}

describe.each([newestCli, minimumCli])('a CLI $version that does not take earlier answers over its protocol', (cli) => {
  let directory: string;
  let temporaryBefore: string | undefined;
  let server: TestServer;
  beforeAll(async () => {
    directory = await makeTemporaryDirectory();
    temporaryBefore = process.env['TMPDIR'];
    process.env['TMPDIR'] = directory;
    server = await startTestServer({ cli: await createForgetfulCli(directory, cli), runner: { startTimeoutMs: 12_000, maxLive: 0 } });
  });
  afterAll(async () => {
    await server.close();
    if (temporaryBefore === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = temporaryBefore;
    await rm(directory, { recursive: true, force: true });
  });
  beforeEach(() => server.mock.reset());

  test.each(histories)('$name', async ({ messages }) => {
    // Newer models take no begun answer.
    const model = messages.at(-1)?.role === 'assistant' ? 'claude-sonnet-4-5' : 'sonnet';
    const response = await server.chat({ model, messages });
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello world' } }] });
    const [request, ...more] = server.mock.messages();
    expect(more).toEqual([]);
    const expected = toExpectedConversation(messages);
    const body = withoutCacheControl(request?.body);
    expect(body?.messages).toEqual(expected.messages);
    expect(body?.system?.slice(2)).toEqual(expected.system.map((text) => ({ type: 'text', text })));
    expect(body?.tools).toEqual([]);
  });

  test.each(given.filter(({ messages }) => endsInResults(messages)))('refused rather than changed: $name', async ({ messages }) => {
    const expected = { status: 500, type: 'server_error', code: 'tool_results_unsupported', shouldRetry: 'false' };
    await expectErrorResponse(await server.chat({ model: 'sonnet', messages }), expected);
    expect(server.mock.messages()).toEqual([]);
  });

  test('says so once in the log, and in /health', async () => {
    expect(server.log.filter(({ message }) => message.includes('earlier messages'))).toMatchObject([{ level: 'warn' }]);
    expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject({ cli: { history: 'transcript' } });
  });

  test('leaves no transcript behind', async () => {
    const root = (await readdir(directory)).find((name) => name.startsWith('claude-code-api-')) ?? '';
    expect(root).not.toBe('');
    await expect.poll(() => readdir(join(directory, root, 'transcripts'))).toEqual([]);
    expect(await readdir(join(directory, root, 'work'))).toEqual([]);
  });
});
