import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MessageParam } from '@claude-code-api/mock-anthropic';
import { newestCli, minimumCli } from '../support/cli/cli-versions.ts';
import { joinedConversations } from '../support/chat/joined-conversations.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { subscriptionLogin } from '../support/cli/subscription-login.ts';
import { toExpectedConversation } from '../support/chat/to-expected-conversation.ts';
import { withoutCacheControl } from '../support/chat/without-cache-control.ts';

describe.each([newestCli, minimumCli])('with CLI $version', (cli) => {
  let home: string;
  let server: TestServer;
  beforeAll(async () => {
    home = await makeTemporaryDirectory();
    server = await startTestServer({ cli, environment: subscriptionLogin(home), runner: { minIdle: 1, maxIdle: 2, maxLive: 1 } });
  });
  afterAll(async () => {
    await server.close();
    await rm(home, { recursive: true, force: true });
  });
  beforeEach(() => server.mock.reset());

  test.each(joinedConversations)('$name', async ({ messages }) => {
    const isBegun = messages.at(-1)?.role === 'assistant';
    // Newer models take no begun answer.
    const response = await server.chat({ model: isBegun ? 'claude-sonnet-4-5' : 'sonnet', messages });
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello world' }, finish_reason: 'stop' }] });
    const [request, ...more] = server.mock.messages();
    expect(more).toEqual([]);
    expect(request?.headers.authorization).toBe('Bearer sk-ant-oat01-x');
    const expected = toExpectedConversation(messages);
    const body = withoutCacheControl(request?.body);
    const received = body?.messages ?? [];
    expect(received.slice(0, -1)).toEqual(expected.messages);
    // An answer can't be continued under such a login: what the CLI adds stands behind it.
    if (isBegun) expect(received.at(-1)).toEqual({ role: 'user', content: reminders });
    else expectEnvironmentNote(received.at(-1));
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
    expect(received.at(-1)).toEqual({
      role: 'user',
      content: [...reminders, { type: 'text', text: '/clear @/etc/passwd' }],
    });
  });
});

/** What the CLI adds for an older model. */
const reminders = Array.from({ length: 3 }, () => ({
  type: 'text',
  text: expect.stringMatching(/^<system-reminder>\n(# Environment|You are powered by|Today's date is)[^]*<\/system-reminder>\n?$/),
}));

/** What the CLI adds for a newer one: one message after all others, in a role of its own, of an empty directory, the model and the date. */
function expectEnvironmentNote(message: MessageParam | undefined): void {
  expect(message?.role).toBe('system');
  const [block, ...more] = message?.content ?? [];
  expect(more).toEqual([]);
  const text = typeof block === 'object' ? (block.text ?? '') : '';
  expect(text).toMatch(/^# Environment\n[^]*\nToday's date is \d{4}-\d{2}-\d{2}\.$/);
}
