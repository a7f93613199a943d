import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newestCli, minimumCli } from '../support/cli-versions.ts';
import { conversations } from '../support/conversations.ts';
import { createForgetfulCli } from '../support/create-forgetful-cli.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { toExpectedConversation } from '../support/to-expected-conversation.ts';
import { withoutCacheControl } from '../support/without-cache-control.ts';

const histories = conversations.filter(({ messages }) => messages.some(({ role }) => role === 'assistant'));

describe.each([newestCli, minimumCli])('a CLI $version that does not take earlier answers over its protocol', (cli) => {
  let directory: string;
  let temporaryBefore: string | undefined;
  let server: TestServer;
  beforeAll(async () => {
    directory = await makeTemporaryDirectory();
    temporaryBefore = process.env['TMPDIR'];
    process.env['TMPDIR'] = directory;
    server = await startTestServer({ cli: await createForgetfulCli(directory, cli), runner: { startTimeoutMs: 4000, maxLive: 0 } });
  });
  afterAll(async () => {
    await server.close();
    if (temporaryBefore === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = temporaryBefore;
    await rm(directory, { recursive: true, force: true });
  });
  beforeEach(() => server.mock.reset());

  test.each(histories)('$name', async ({ messages }) => {
    const response = await server.chat({ model: 'sonnet', messages });
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello world' } }] });
    const [request, ...more] = server.mock.messages();
    expect(more).toEqual([]);
    const expected = toExpectedConversation(messages);
    const body = withoutCacheControl(request?.body);
    expect(body?.messages).toEqual(expected.messages);
    expect(body?.system?.slice(2)).toEqual(expected.system.map((text) => ({ type: 'text', text })));
    expect(body?.tools).toEqual([]);
  });

  test('says so once in the log, and in /health', async () => {
    expect(server.log.filter(({ message }) => message.includes('earlier messages'))).toMatchObject([{ level: 'warn' }]);
    expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject({ cli: { history: 'transcript' } });
  });

  test('leaves no transcript behind', async () => {
    const [root = ''] = (await readdir(directory)).filter((name) => name.startsWith('claude-code-api-'));
    expect(root).not.toBe('');
    await expect.poll(() => readdir(join(directory, root, 'transcripts')), { timeout: 5000 }).toEqual([]);
    expect(await readdir(join(directory, root, 'work'))).toEqual([]);
  });
});
