import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { messageReply, textReply, thinkingReply, type Reply } from '@claude-code-api/mock-anthropic';
import { newestCli, minimumCli } from '../support/cli/cli-versions.ts';
import type { ChatMessage } from '../support/chat/chat-message.ts';
import { conversations } from '../support/chat/conversations.ts';
import { createThread } from '../support/chat/create-thread.ts';
import { joinedConversations } from '../support/chat/joined-conversations.ts';
import { readStream } from '../support/chat/read-stream.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { toExpectedConversation } from '../support/chat/to-expected-conversation.ts';
import { withoutCacheControl } from '../support/chat/without-cache-control.ts';

interface Completion {
  readonly choices: readonly [{ readonly message: { readonly content: string }; readonly finish_reason: string }];
  readonly usage: object;
}

const unicode = 'Grüße 👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301 שלום \u202Eabc\u202C \u2028\u2029\uFEFF \u0001\u001B\u007F 𝔘 日本語\r\n';
const megabyte = `${unicode}\n`.repeat(20_000).slice(0, 1_048_576);
const usage = { input_tokens: 1000, cache_read_input_tokens: 200, cache_creation_input_tokens: 30, output_tokens: 4 };

/** Pieces of `size` UTF-16 units: an odd size cuts characters in two. */
function pieces(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) => text.slice(index * size, (index + 1) * size));
}

/** Short ones, since what stands before them is sent with each. */
const lastMessages = conversations.flatMap(({ messages }) => {
  const last = messages.at(-1);
  const text = typeof last?.content === 'string' ? last.content : '';
  return last?.role === 'user' && text.trim() !== '' && text.length < 1000 ? [last] : [];
});

const answers: { name: string; reply: Reply; text: string }[] = [
  { name: 'unicode', reply: textReply(unicode, { usage }), text: unicode },
  { name: 'unicode, one UTF-16 unit at a time', reply: textReply(pieces(unicode, 1), { usage }), text: unicode },
  { name: 'emoji, three UTF-16 units at a time', reply: textReply(pieces('👩‍👩‍👧‍👦🏳️‍🌈'.repeat(50), 3), { usage }), text: '👩‍👩‍👧‍👦🏳️‍🌈'.repeat(50) },
  { name: 'empty pieces', reply: textReply(['', 'a', '', '', 'b', ''], { usage }), text: 'ab' },
  { name: 'whitespace around', reply: textReply(['\n\n ', 'a', ' \t\r\n'], { usage }), text: '\n\n a \t\r\n' },
  {
    name: 'what looks like a stream',
    reply: textReply(['data: [DONE]\n\n', ': x\n\nevent: error\n'], { usage }),
    text: 'data: [DONE]\n\n: x\n\nevent: error\n',
  },
  { name: 'what looks like an error of the CLI', reply: textReply('API Error: 500 Internal', { usage }), text: 'API Error: 500 Internal' },
  {
    name: 'several blocks',
    reply: messageReply(
      ['one', ' two', '\nthree'].map((chunk) => ({ type: 'text', chunks: [chunk] })),
      { usage },
    ),
    text: 'one two\nthree',
  },
  {
    name: 'thinking before it',
    reply: thinkingReply({ thinking: 'hm', signature: 'c2ln', text: ['so', ' it is'], usage }),
    text: 'so it is',
  },
  { name: '1 MB in odd pieces', reply: textReply(pieces(megabyte, 4093), { usage }), text: megabyte },
  { name: '1 MB in one piece', reply: textReply(megabyte, { usage }), text: megabyte },
];

describe.each([newestCli, minimumCli])('with CLI $version', (cli) => {
  let server: TestServer;
  let chat: TestServer['chat'];
  beforeAll(async () => {
    server = await startTestServer({ cli, runner: { minIdle: 1, maxIdle: 2, maxLive: 1 } });
    chat = createThread(server);
  });
  afterAll(() => server.close());
  beforeEach(() => server.mock.reset());

  /** Asks, and checks that exactly this conversation was sent upstream, in one request, with nothing beside it. */
  async function ask(messages: readonly ChatMessage[]): Promise<void> {
    const before = server.mock.messages().length;
    const isBegun = messages.at(-1)?.role === 'assistant';
    // Newer models take no begun answer.
    const response = await server.chat({ model: isBegun ? 'claude-sonnet-4-5' : 'sonnet', messages });
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello world' }, finish_reason: 'stop' }] });
    const [request, ...more] = server.mock.messages().slice(before);
    expect(more).toEqual([]);
    const expected = toExpectedConversation(messages);
    const body = withoutCacheControl(request?.body);
    expect(body?.messages).toEqual(expected.messages);
    expect(body?.system).toEqual([
      { type: 'text', text: expect.stringMatching(/^x-anthropic-billing-header: [\w=.; -]+$/) },
      { type: 'text', text: "You are a Claude agent, built on Anthropic's Claude Agent SDK." },
      ...expected.system.map((text) => ({ type: 'text', text })),
    ]);
    expect(body?.tools).toEqual([]);
    // The CLI itself tells older models the default temperature.
    const keys = Object.keys(body ?? {}).filter((key) => !(isBegun && key === 'temperature'));
    expect(keys.toSorted()).toEqual(['max_tokens', 'messages', 'metadata', 'model', 'stream', 'system', 'tools']);
  }

  test.each(joinedConversations)('$name', ({ messages }) => ask(messages));

  test('each question in the place of the last, in a process that goes on', async () => {
    const messages: ChatMessage[] = [];
    for (const last of lastMessages) {
      messages.push(last);
      await ask(messages);
      messages.push({ role: 'assistant', content: 'Hello world' });
    }
    const processes = server.mock.messages().map(({ headers }) => headers['x-claude-code-session-id']);
    expect(new Set(processes).size).toBe(1);
  });

  test.each(answers)('answer: $name', async ({ reply, text }) => {
    server.mock.reply(reply, reply);
    const body = { model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] };
    const whole = (await (await chat(body)).json()) as Completion;
    expect(whole.choices[0].message.content === text, 'the whole answer is what the model said').toBe(true);
    expect(whole.choices[0].finish_reason).toBe('stop');
    expect(whole.usage).toMatchObject({
      prompt_tokens: 1230,
      completion_tokens: 4,
      total_tokens: 1234,
      prompt_tokens_details: { cached_tokens: 200, cache_write_tokens: 30 },
    });

    const streamed = await readStream(await chat({ ...body, stream: true, stream_options: { include_usage: true } }));
    expect(streamed.text === text, 'the streamed pieces joined are what the model said').toBe(true);
    expect(streamed).toMatchObject({ errors: [], finishReasons: ['stop'], isDone: true, usage: whole.usage });
    expect(server.mock.messages()).toHaveLength(2);
  });

  test.each(['claude-opus-4-1', 'claude-haiku-4-5-20251001'])('the model %s is asked for under its own name', async (model) => {
    const response = await server.chat({ model, messages: [{ role: 'user', content: 'hi' }] });
    expect(await response.json()).toMatchObject({ model });
    expect(server.mock.messages().map(({ body }) => body.model)).toEqual([model]);
  });
});
