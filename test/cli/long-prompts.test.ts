import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import OpenAI from 'openai';
import { errorReply, textReply, toolUseReply } from '@claude-code-api/mock-anthropic';
import { newestCli, minimumCli } from '../support/cli/cli-versions.ts';
import type { ChatMessage, TextPart } from '../support/chat/chat-message.ts';
import { expectErrorResponse } from '../support/chat/expect-error.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { toExpectedConversation } from '../support/chat/to-expected-conversation.ts';
import { withoutCacheControl } from '../support/chat/without-cache-control.ts';

// The CLI's own count holds a prompt for full that has about 710,000 characters, on a model of 200,000 tokens.
const model = 'claude-sonnet-4-5';
const million = 1_048_576;
const fill = (text: string, length = million): string => text.repeat(Math.ceil(length / text.length)).slice(0, length);
/** A part of a megabyte, on its own. */
const quarter = (text: string): TextPart => ({ type: 'text', text: `a${fill(text, million / 4)}z` });
const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content });
const weather = { type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } };
const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } } as const;

const prompts: { name: string; messages: ChatMessage[] }[] = [
  {
    name: 'text, one word without a break, code and blanks',
    messages: [
      {
        role: 'user',
        content: [
          quarter('The quick brown fox – ünïcödé 🦊 – jumps over the lazy dog.\n'),
          quarter('x'),
          quarter('```ts\nif (a < b && c > `${d}`) { return /* "e" */ "f\\n"; }\n```\n'),
          quarter(' \t\n'),
        ],
      },
    ],
  },
  { name: 'a system prompt', messages: [{ role: 'system', content: fill('Rule: be kind – always. ') }, user('hi')] },
  { name: 'an answer in the history', messages: [user('one'), assistant(fill('two and ')), user('three')] },
  {
    name: 'a tool result',
    messages: [
      user('q'),
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: fill('sunny, ') },
    ],
  },
  {
    name: '401 messages',
    messages: Array.from({ length: 401 }, (_, index) => (index % 2 === 0 ? user : assistant)(`${index} ${fill('word ').slice(0, 2600)}`)),
  },
];

const tooLong = { status: 400, type: 'invalid_request_error', code: 'context_length_exceeded', param: 'messages' };
const refusal = errorReply(400, 'invalid_request_error', 'prompt is too long: 262144 tokens > 200000 maximum');

describe.each([newestCli, minimumCli])('with CLI $version', (cli) => {
  let server: TestServer;
  beforeAll(async () => {
    const settings = { 'profiles.agent': JSON.stringify({ tools: ['Read'] }) };
    server = await startTestServer({ cli, settings, runner: { maxLive: 2 } });
  });
  afterAll(() => server.close());
  beforeEach(() => server.mock.reset());

  // Of the oldest, in one message and in results; how long the rest is it counts in the same way.
  test.each(prompts.filter((_, index) => cli === newestCli || index === 0 || index === 3))(
    'a megabyte of $name reaches the API as it is',
    async ({ messages }) => {
      const response = await server.chat({ model, messages, tools: [weather] });
      expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello world' } }] });
      const sent = server.mock.messages();
      expect(sent).toHaveLength(1);
      const body = withoutCacheControl(sent[0]?.body);
      const expected = toExpectedConversation(messages);
      // Compared as text: a difference in a megabyte is not to be printed.
      expect(JSON.stringify(body?.messages) === JSON.stringify(expected.messages), 'the messages are those that were sent').toBe(true);
      const system = Array.isArray(body?.system) ? body.system.slice(2) : [];
      expect(JSON.stringify(system) === JSON.stringify(expected.system.map((text) => ({ type: 'text', text })))).toBe(true);
    },
  );

  test('a follow-up reaches the API when the last answer reported more than the CLI would allow', async () => {
    server.mock.reply(textReply('first answer', { usage: { input_tokens: 195_000 } }));
    await server.chat({ model, messages: [user('first')] });
    const response = await server.chat({ model, messages: [user('first'), assistant('first answer'), user('second')] });
    expect(response.status).toBe(200);
    await response.text();
    expect(server.mock.messages()).toHaveLength(2);
  });

  test('an agent goes on beyond what the CLI would allow, and hears of what the API finds too long', async () => {
    const step = (usage: object = {}) =>
      toolUseReply([{ id: `toolu_${Math.random()}`.replace('.', ''), name: 'Read', input: { file_path: '/nowhere' } }], { usage });
    server.mock.reply(step({ input_tokens: 195_000 }), textReply('Done.'));
    const good = await server.chat({ model: `agent/${model}`, messages: [user('Read it.')] });
    expect(await good.json()).toMatchObject({ choices: [{ message: { content: expect.stringContaining('Done.') as string } }] });

    server.mock.reply(step(), refusal);
    const question = { model: `agent/${model}`, messages: [user('Read another.')] };
    await expectErrorResponse(await server.chat(question), { ...tooLong, shouldRetry: 'false' });
  });

  if (cli !== newestCli) return;

  test('what the API finds too long is the caller’s to shorten, whole, streamed and by the official client, and is asked once', async () => {
    server.mock.replyWith(() => refusal);
    const messages = [user(fill('long '))];
    await expectErrorResponse(await server.chat({ model, messages }), tooLong);
    await expectErrorResponse(await server.chat({ model, messages, stream: true }), tooLong);
    expect(server.mock.messages()).toHaveLength(2);
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none' });
    const asked = client.chat.completions.create({ model, messages: [{ role: 'user', content: fill('long ') }] });
    await expect(asked).rejects.toBeInstanceOf(OpenAI.BadRequestError);
    expect(server.mock.messages()).toHaveLength(3);
  });
});
