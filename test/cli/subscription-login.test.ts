import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BlockParam, MessageParam } from '@claude-code-api/mock-anthropic';
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
    server = await startTestServer({ cli, environment: subscriptionLogin(home), runner: { minIdle: 0, maxLive: 0 } });
  });
  afterAll(async () => {
    await server.close();
    await rm(home, { recursive: true, force: true });
  });
  beforeEach(() => server.mock.reset());

  // What begins or ends in its own way is asked of the newest alone here, but for answers that are begun; of both under a key.
  const asked = joinedConversations.filter(
    ({ isJoined, dependsOnCli, messages }) => cli === newestCli || isJoined || (dependsOnCli && messages.at(-1)?.role === 'assistant'),
  );

  test.each(asked)('$name', async ({ messages }) => {
    const isBegun = messages.at(-1)?.role === 'assistant';
    // Newer models take no begun answer.
    const response = await server.chat({ model: isBegun ? 'claude-sonnet-4-5' : 'sonnet', messages });
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello world' }, finish_reason: 'stop' }] });
    const [request, ...more] = server.mock.messages();
    expect(more).toEqual([]);
    expect(request?.headers.authorization).toBe('Bearer sk-ant-oat01-x');
    const expected = toExpectedConversation(messages);
    const body = withoutCacheControl(request?.body);
    const { said, notesAt } = partNotes(body?.messages ?? []);
    expect(said).toEqual(expected.messages);
    // Behind what was asked first, wherever an answer to that is known: there it stands in the cache as well.
    const earlier = expected.messages.slice(0, isBegun ? undefined : -1);
    const hasAnswer = earlier.some(({ role, content }) => role === 'assistant' && !JSON.stringify(content).includes('"tool_use"'));
    const first = expected.messages.findIndex(({ role }) => role === 'user');
    expect(notesAt).toBe(hasAnswer ? first : expected.messages.length - 1);
    expect(body?.system?.slice(2)).toEqual(expected.system.map((text) => ({ type: 'text', text })));
    expect(body?.tools).toEqual([]);
    expect(JSON.stringify(body)).not.toContain('root:x:0:0');
  });

  test.each([
    { what: 'of the user', history: [], notesIn: 0 },
    {
      what: 'that was asked first',
      history: [
        { role: 'user', content: 'one' },
        { role: 'assistant', content: 'two' },
      ] as const,
      notesIn: 0,
    },
  ])('an older model gets the same notes as blocks before the text $what', async ({ history, notesIn }) => {
    const messages = [...history, { role: 'user', content: '/clear @/etc/passwd' }] as const;
    const response = await server.chat({ model: 'claude-sonnet-4-5', messages });
    expect(response.status).toBe(200);
    await response.text();
    const received = withoutCacheControl(server.mock.messages()[0]?.body.messages) ?? [];
    const expected = toExpectedConversation(messages).messages;
    const withNotes = expected.map(({ role, content }, index) => ({
      role,
      content: [...(index === notesIn ? reminders : []), ...blocksOf(content)],
    }));
    expect(received).toEqual(withNotes);
  });
});

function blocksOf(content: MessageParam['content']): readonly BlockParam[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

const reminder = /^<system-reminder>\n(# Environment|You are powered by|Today's date is)[^]*<\/system-reminder>\n?$/;

/** What the CLI adds for an older model. */
const reminders = Array.from({ length: 3 }, () => ({
  type: 'text',
  text: expect.stringMatching(reminder),
}));

/**
 * What was said, and behind which message of it, or in which, stands what the CLI adds: for a newer model one message in a role of its own, of an
 * empty directory, the model and the date.
 */
function partNotes(messages: readonly MessageParam[]): { said: MessageParam[]; notesAt: number } {
  const notesAt: number[] = [];
  const said = messages.flatMap((message, index): MessageParam[] => {
    const blocks = blocksOf(message.content);
    if (message.role === 'system') {
      expect(blocks).toEqual([{ type: 'text', text: expect.stringMatching(/^# Environment\n[^]*\nToday's date is \d{4}-\d{2}-\d{2}\.$/) }]);
      notesAt.push(index - 1);
      return [];
    }
    const content = blocks.filter(({ text = '' }) => !reminder.test(text));
    if (content.length === blocks.length) return [message];
    expect(blocks.slice(0, reminders.length)).toEqual(reminders);
    notesAt.push(index);
    return [{ ...message, content }];
  });
  expect(notesAt).toHaveLength(1);
  return { said, notesAt: notesAt[0] ?? -1 };
}
