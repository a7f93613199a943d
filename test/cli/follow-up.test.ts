import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { stallReply, textReply, type MessagesBody, type RecordedMessages, type Reply } from '@claude-code-api/mock-anthropic';
import type { ChatMessage } from '../support/chat/chat-message.ts';
import { newestCli, minimumCli } from '../support/cli/cli-versions.ts';
import { answerOf } from '../support/chat/answer-of.ts';
import { readStream } from '../support/chat/read-stream.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { toExpectedConversation } from '../support/chat/to-expected-conversation.ts';
import { processOf, user } from '../support/chat/tool-chat.ts';
import { withoutCacheControl } from '../support/chat/without-cache-control.ts';

const assistant = (content: string): ChatMessage => ({ role: 'assistant', content });
const system: ChatMessage = { role: 'system', content: 'Be brief.' };
const start = [system, user('one')];

const ends: readonly {
  readonly what: string;
  readonly reply: Reply;
  readonly content: string;
  readonly finishReason: string;
  /** Whether the CLI has a way of its own to go on after it. */
  readonly isOfCli?: boolean;
}[] = [
  {
    what: 'a cut answer',
    isOfCli: true,
    reply: textReply('Hello wo', { stopReason: 'max_tokens' }),
    content: 'Hello wo',
    finishReason: 'length',
  },
  {
    what: 'a full context',
    isOfCli: true,
    reply: textReply('Hello wo', { stopReason: 'model_context_window_exceeded' }),
    content: 'Hello wo',
    finishReason: 'length',
  },
  {
    what: 'a refusal',
    isOfCli: true,
    reply: textReply('I will', { stopReason: 'refusal' }),
    content: 'I will',
    finishReason: 'content_filter',
  },
  { what: 'an empty answer', reply: textReply([]), content: '', finishReason: 'stop' },
  { what: 'a cut answer without text', reply: textReply([], { stopReason: 'max_tokens' }), content: '', finishReason: 'length' },
  { what: 'a stop sequence', reply: textReply('Hello ', { stopSequence: 'world' }), content: 'Hello ', finishReason: 'stop' },
];

describe.each([newestCli, minimumCli])('with CLI $version', (cli) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ cli, runner: { maxLive: 12 } });
  });
  afterAll(() => server.close());
  beforeEach(() => server.mock.reset());

  /** Asks, checks that exactly these messages were sent upstream, and gives the answer and the request. */
  async function ask(messages: readonly ChatMessage[], parameters: object = {}): Promise<{ answer: string; request: RecordedMessages }> {
    const before = server.mock.messages().length;
    const answer = await answerOf(server.chat({ model: 'sonnet', messages, ...parameters }));
    const [request, ...more] = server.mock.messages().slice(before);
    if (request === undefined) throw new Error('Nothing was sent upstream.');
    expect(more).toEqual([]);
    const expected = toExpectedConversation(messages);
    const body = withoutCacheControl(request.body);
    expect(body.messages).toEqual(expected.messages);
    expect(body.system?.slice(2)).toEqual(expected.system.map((text) => ({ type: 'text', text })));
    return { answer, request };
  }

  /** Requests upstream that got their answer. On a busy machine the CLI may begin one more before it is killed. */
  function answered(): RecordedMessages[] {
    return server.mock.messages().filter(({ closedEarlyAt }) => closedEarlyAt === undefined);
  }

  test("an answer of the CLI's own words for nothing is there in the next turn", async () => {
    server.mock.reply(textReply(['(no ', 'content)']));
    const { answer } = await ask([...start, assistant('two'), user('Say it.')]);
    expect(answer).toBe('(no content)');
    await ask([...start, assistant('two'), user('Say it.'), assistant(answer), user('Again.')]);
  });

  test('a conversation goes on in its process, turn after turn', async () => {
    const messages = [...start];
    const processes = new Set<unknown>();
    for (const text of ['two', 'three', 'four', 'five']) {
      const { answer, request } = await ask(messages);
      processes.add(processOf(request));
      messages.push(assistant(answer), user(text));
    }
    expect(processes.size).toBe(1);
  });

  const apart: ChatMessage = { role: 'system', content: 'Be apart.' };
  const begun = [apart, user('one')];
  /** Of that: its process waits for what comes next. */
  let waiting: RecordedMessages | undefined;

  const others: readonly { what: string; messages: readonly ChatMessage[]; parameters?: object }[] = [
    { what: 'an edited answer', messages: [apart, user('one'), assistant('Hello World'), user('two')] },
    { what: 'an answer with a space more', messages: [apart, user('one'), assistant('Hello world '), user('two')] },
    {
      what: 'another system prompt',
      messages: [{ role: 'system', content: 'Be brief!' }, user('one'), assistant('Hello world'), user('two')],
    },
    { what: 'no system prompt', messages: [user('one'), assistant('Hello world'), user('two')] },
    { what: 'another first message', messages: [apart, user('One'), assistant('Hello world'), user('two')] },
    { what: 'another model', messages: [apart, user('one'), assistant('Hello world'), user('two')], parameters: { model: 'opus' } },
    {
      what: 'a message more before it',
      messages: [apart, user('zero'), assistant('yes'), user('one'), assistant('Hello world'), user('two')],
    },
    {
      what: 'an answer that is to be continued',
      messages: [apart, user('one'), assistant('Hello world')],
      parameters: { model: 'claude-sonnet-4-5' },
    },
  ];
  // What is told apart is told apart by us, whatever the CLI: with the oldest its first kind and its last show that it is so there too.
  test.each(cli === newestCli ? others : others.filter((_, index) => [0, others.length - 1].includes(index)))(
    '$what gets another process',
    async ({ messages, parameters }) => {
      waiting ??= (await ask(begun)).request;
      const other = await ask(messages, parameters);
      expect(processOf(other.request)).not.toBe(processOf(waiting));
    },
  );

  test('the one that waited through all of this is found, and the same question again gets another', async () => {
    waiting ??= (await ask(begun)).request;
    const { request } = await ask([...begun, assistant('Hello world'), user('two')]);
    expect(processOf(request)).toBe(processOf(waiting));
    const again = await ask(begun);
    expect(processOf(again.request)).not.toBe(processOf(waiting));
  });

  test('parameters that change between turns reach the API and leave no trace', async () => {
    const messages = [...start];
    const turns: { parameters: object; sent: Partial<MessagesBody> }[] = [
      {
        parameters: { temperature: 0.25, max_tokens: 100, stop: ['END'] },
        sent: { temperature: 0.25, max_tokens: 100, stop_sequences: ['END'] },
      },
      { parameters: { temperature: 0.75, max_completion_tokens: 200 }, sent: { temperature: 0.75, max_tokens: 200 } },
      // Hotter than Claude goes is its hottest, which is its default.
      { parameters: { temperature: 2 }, sent: {} },
      { parameters: { top_p: 0.5, stop: 'X' }, sent: { top_p: 0.5, stop_sequences: ['X'] } },
      { parameters: {}, sent: {} },
    ];
    const processes = new Set<unknown>();
    for (const { parameters, sent } of turns) {
      // A model that takes sampling parameters, as the newest don't.
      const { answer, request } = await ask(messages, { model: 'claude-sonnet-4-20250514', ...parameters });
      processes.add(processOf(request));
      const { temperature = 1, top_p: topP, stop_sequences: stop, max_tokens: maxTokens } = request.body;
      expect({ temperature, top_p: topP, stop_sequences: stop }).toEqual({
        temperature: sent.temperature ?? 1,
        top_p: sent.top_p,
        stop_sequences: sent.stop_sequences,
      });
      if (sent.max_tokens === undefined) expect(maxTokens).toBeGreaterThan(1000);
      else expect(maxTokens).toBe(sent.max_tokens);
      messages.push(assistant(answer), user('next'));
    }
    expect(processes.size).toBe(1);
  });

  test.each(cli === newestCli ? ends : ends.filter(({ isOfCli }) => isOfCli))(
    'after $what the CLI does not go on by itself',
    async ({ reply, content, finishReason, isOfCli }) => {
      // Who goes on would wait for ever, and be seen to wait.
      server.mock.replyWith(() => stallReply());
      server.mock.reply(reply);
      const body = { model: 'sonnet', messages: start };
      const whole = await server.chat(body);
      expect(await whole.json()).toMatchObject({
        choices: [{ message: { content }, finish_reason: finishReason }],
        usage: { prompt_tokens: 10, completion_tokens: 5 },
      });
      await wait(500);
      await expect.poll(answered).toHaveLength(1);

      if (cli === newestCli && isOfCli === true) {
        server.mock.reply(reply);
        const streamed = await readStream(await server.chat({ ...body, stream: true }));
        expect(streamed).toMatchObject({ text: content, finishReasons: [finishReason], errors: [], isDone: true });
        await wait(500);
        await expect.poll(answered).toHaveLength(2);
      }

      server.mock.reset();
      // Whatever became of the process, the conversation can go on.
      if (content !== '' && isOfCli === true) await ask([...start, assistant(content), user('go on')]);
    },
  );

  // What follows the gateway does by itself, whatever the CLI.
  if (cli !== newestCli) return;

  test('streamed turns and those that are not share a process', async () => {
    const { answer, request } = await ask(start);
    const next = [...start, assistant(answer), user('two')];
    const { text, errors } = await readStream(await server.chat({ model: 'sonnet', messages: next, stream: true }));
    expect(errors).toEqual([]);
    const last = await ask([...next, assistant(text), user('three')]);
    expect(server.mock.messages().map(processOf)).toEqual(Array.from({ length: 3 }, () => processOf(request)));
    expect(processOf(last.request)).toBe(processOf(request));
  });

  test('an answer may come back as parts, and as unicode of several blocks', async () => {
    server.mock.reply(textReply(['Grüße 👩‍👩‍', '👧‍👦\n', ' \t']));
    const { answer, request } = await ask(start);
    const next = await ask([...start, { role: 'assistant', content: [{ type: 'text', text: answer }] }, user('two')]);
    expect(processOf(next.request)).toBe(processOf(request));
  });

  test('conversations with the same texts do not mix', async () => {
    const [one, other] = [await ask(start), await ask(start)];
    expect(processOf(one.request)).not.toBe(processOf(other.request));
    const branch = async (text: string): Promise<string> => {
      const messages = [...start, assistant('Hello world'), user(text)];
      return answerOf(server.chat({ model: 'sonnet', messages }));
    };
    server.mock.replyWith(({ body }) => textReply(`heard ${JSON.stringify(withoutCacheControl(body.messages).at(-1)?.content)}`));
    const texts = ['left', 'right', 'up', 'down'];
    expect(await Promise.all(texts.map(branch))).toEqual(texts.map((text) => `heard [{"type":"text","text":"${text}"}]`));
    for (const { body } of server.mock.messages().slice(2)) expect(body.messages).toHaveLength(3);
  });
});
