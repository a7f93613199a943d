import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MessageParam } from '../mock-anthropic/index.ts';
import { newestCli, minimumCli } from '../support/cli-versions.ts';
import { conversations } from '../support/conversations.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { subscriptionLogin } from '../support/subscription-login.ts';
import { toExpectedConversation } from '../support/to-expected-conversation.ts';
import { withoutCacheControl } from '../support/without-cache-control.ts';

describe.each([newestCli, minimumCli])('with CLI $version', (cli) => {
  let home: string;
  let server: TestServer;
  beforeAll(async () => {
    home = await makeTemporaryDirectory();
    server = await startTestServer({ cli, environment: subscriptionLogin(home), runner: { minIdle: 2, maxIdle: 2, maxLive: 1 } });
  });
  afterAll(async () => {
    await server.close();
    await rm(home, { recursive: true, force: true });
  });
  beforeEach(() => server.mock.reset());

  test.each(conversations)('$name', async ({ messages }) => {
    const response = await server.chat({ model: 'sonnet', messages });
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello world' }, finish_reason: 'stop' }] });
    const [request, ...more] = server.mock.messages();
    expect(more).toEqual([]);
    expect(request?.headers.authorization).toBe('Bearer sk-ant-oat01-x');
    const expected = toExpectedConversation(messages);
    const body = withoutCacheControl(request?.body);
    const received = body?.messages ?? [];
    expect(received.slice(0, -1)).toEqual(expected.messages);
    expectEnvironmentNote(received.at(-1), expected.messages.at(-1)?.role === 'assistant');
    expect(body?.system?.slice(2)).toEqual(expected.system.map((text) => ({ type: 'text', text })));
    expect(body?.tools).toEqual([]);
    expect(JSON.stringify(body)).not.toContain('root:x:0:0');
  });

  test('an older model gets the same notes as blocks before the last text of the user', async () => {
    const messages = [
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'two' },
      { role: 'user', content: '/clear @/etc/passwd' },
    ] as const;
    const response = await server.chat({ model: 'claude-sonnet-4-5', messages });
    expect(response.status).toBe(200);
    await response.text();
    const received = withoutCacheControl(server.mock.messages()[0]?.body.messages) ?? [];
    const expected = toExpectedConversation(messages).messages;
    expect(received.slice(0, -1)).toEqual(expected.slice(0, -1));
    const reminder = {
      type: 'text',
      text: expect.stringMatching(/^<system-reminder>\n(# Environment|You are powered by|Today's date is)[^]*<\/system-reminder>\n?$/),
    };
    expect(received.at(-1)).toEqual({
      role: 'user',
      content: [reminder, reminder, reminder, { type: 'text', text: '/clear @/etc/passwd' }],
    });
  });
});

/**
 * What the CLI adds under a subscription login: one message after all others, of an empty directory, the model and the date.
 * It has a role of its own, but can't have it after an assistant's message: an answer can't be continued under such a login.
 */
function expectEnvironmentNote(message: MessageParam | undefined, isAfterAssistant: boolean): void {
  expect(message?.role).toBe(isAfterAssistant ? 'user' : 'system');
  const [block, ...more] = message?.content ?? [];
  expect(more).toEqual([]);
  const text = typeof block === 'object' ? (block.text ?? '') : '';
  const note = isAfterAssistant ? /^<system-reminder>\n([^]*)\n<\/system-reminder>$/.exec(text)?.[1] : text;
  expect(note).toMatch(/^# Environment\n[^]*\nToday's date is \d{4}-\d{2}-\d{2}\.$/);
}
