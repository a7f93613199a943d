import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { messageReply, toolUseReply, type BlockParam, type MessageReply, type ReplyBlock } from '@claude-code-api/mock-anthropic';
import type { ChatMessage } from '../../support/chat/chat-message.ts';
import { readStream } from '../../support/chat/read-stream.ts';
import { startTestServer, type TestServer } from '../../support/servers/start-test-server.ts';
import { processOf, result, user, weatherTool, type AnswerMessage } from '../../support/chat/tool-chat.ts';
import { withoutCacheControl } from '../../support/chat/without-cache-control.ts';

const question = user('What is the weather?');
const thought = (thinking: string): ReplyBlock => ({
  type: 'thinking',
  chunks: [thinking.slice(0, 3), thinking.slice(3)],
  signature: `c2ln${thinking.length}`,
});
const signed = (thinking: string): BlockParam => ({ type: 'thinking', thinking, signature: `c2ln${thinking.length}` });
const callBlock = (id: string): ReplyBlock => ({ type: 'tool_use', id, name: 'get_weather', input: {}, chunks: ['{"city":', '"Oslo"}'] });
const use = (id: string): BlockParam => ({ type: 'tool_use', id, name: 'get_weather', input: { city: 'Oslo' } });
const given = (id: string): BlockParam => ({ type: 'tool_result', tool_use_id: id, content: [{ type: 'text', text: 'cold' }] });
const text = (words: string): BlockParam => ({ type: 'text', text: words });
const adaptive = { type: 'adaptive', display: 'summarized' };
let ids = 0;

function newId(): string {
  return `toolu_t${(ids += 1)}`;
}

describe('with the newest CLI', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ runner: { maxLive: 4 } });
  });
  afterAll(() => server.close());
  beforeEach(() => server.mock.reset());

  interface Asked {
    readonly message: AnswerMessage;
    readonly thinking: unknown;
    readonly effort: unknown;
    readonly messages: readonly unknown[];
    readonly process: string;
  }

  async function ask(
    messages: readonly ChatMessage[],
    reply?: MessageReply,
    parameters: object = {},
    on: TestServer = server,
  ): Promise<Asked> {
    if (reply !== undefined) on.mock.reply(reply);
    const before = on.mock.messages().length;
    const response = await on.chat({ model: 'sonnet', tools: [weatherTool], reasoning_effort: 'high', ...parameters, messages });
    const completion = (await response.json()) as { choices: [{ message: AnswerMessage }] };
    expect(response.status, JSON.stringify(completion)).toBe(200);
    const [request, ...more] = on.mock.messages().slice(before);
    expect(more).toEqual([]);
    const body = withoutCacheControl(request?.body);
    return {
      message: completion.choices[0].message,
      thinking: body?.thinking,
      effort: body?.output_config?.['effort'],
      messages: body?.messages ?? [],
      process: processOf(request),
    };
  }

  test('a waiting process loses nothing of it', async () => {
    const id = newId();
    const called = await ask([question], messageReply([thought('Where is it?'), { type: 'text', chunks: ['I look.'] }, callBlock(id)]));
    expect(called).toMatchObject({
      thinking: adaptive,
      effort: 'high',
      message: { content: 'I look.', reasoning_content: 'Where is it?' },
    });
    const history: ChatMessage[] = [question, called.message, result(id, 'cold')];
    const answered = await ask(history);
    expect(answered).toMatchObject({ thinking: adaptive, effort: 'high', process: called.process });
    expect(answered.messages).toEqual([
      { role: 'user', content: [text('What is the weather?')] },
      { role: 'assistant', content: [signed('Where is it?'), text('I look.'), use(id)] },
      { role: 'user', content: [given(id)] },
    ]);
    const next = await ask([...history, answered.message, user('Thanks.')]);
    expect(next).toMatchObject({ thinking: adaptive, process: called.process });
  });

  test('a rebuilt conversation has the thinking, in the order in which the CLI itself would send it', async () => {
    const [one, two] = [newId(), newId()];
    const called = await ask(
      [question],
      messageReply([thought('Where is it?'), { type: 'text', chunks: ['I look.'] }, callBlock(one), thought('And there?'), callBlock(two)]),
    );
    // The words make it one that a waiting process would not take.
    const answered = await ask([question, called.message, result(one, 'cold'), result(two, 'cold'), user('Well?')]);
    expect(answered.process).not.toBe(called.process);
    expect(answered.thinking).toEqual(adaptive);
    expect(answered.messages).toEqual([
      { role: 'user', content: [text('What is the weather?')] },
      { role: 'assistant', content: [signed('Where is it?'), text('I look.'), signed('And there?'), use(one), use(two)] },
      { role: 'user', content: [given(one), given(two), text('Well?')] },
    ]);
  });

  test('where the caller has edited the answer the thinking stands before it', async () => {
    const id = newId();
    const called = await ask([question], messageReply([thought('Where is it?'), callBlock(id)]));
    const answered = await ask([question, { ...called.message, content: 'Let me see.' }, result(id, 'cold')]);
    expect(answered.thinking).toEqual(adaptive);
    expect(answered.messages[1]).toEqual({ role: 'assistant', content: [signed('Where is it?'), text('Let me see.'), use(id)] });
  });

  test('rounds: an answer that did not think is known not to have thought', async () => {
    const [one, two] = [newId(), newId()];
    const first = await ask([question], messageReply([thought('Where is it?'), callBlock(one)]));
    const history: ChatMessage[] = [question, first.message, result(one, 'cold')];
    const second = await ask(history, messageReply([callBlock(two)]));
    expect(second.process).toBe(first.process);
    history.push(second.message, result(two, 'cold'), user('Well?'));
    const third = await ask(history);
    expect(third.process).not.toBe(first.process);
    expect(third.thinking).toEqual(adaptive);
    expect(third.messages.slice(1)).toEqual([
      { role: 'assistant', content: [signed('Where is it?'), use(one)] },
      { role: 'user', content: [given(one)] },
      { role: 'assistant', content: [use(two)] },
      { role: 'user', content: [given(two), text('Well?')] },
    ]);
  });

  test('where the thinking is not known the turn goes on without, and the next one with it', async () => {
    const id = newId();
    const messages: ChatMessage[] = [
      question,
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id, type: 'function', function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } }],
      },
      result(id, 'cold'),
    ];
    const answered = await ask(messages);
    expect(answered.thinking).toBeUndefined();
    expect(answered.messages[1]).toEqual({ role: 'assistant', content: [use(id)] });
    const next = await ask([...messages, answered.message, user('Thanks.')]);
    expect(next.thinking).toEqual(adaptive);
  });

  test('thinking that is wished for only when the results come waits for the next turn', async () => {
    const id = newId();
    const called = await ask([question], toolUseReply([{ id, name: 'get_weather', input: { city: 'Oslo' } }]), {
      reasoning_effort: 'none',
    });
    expect(called.thinking).toBeUndefined();
    const history = [question, called.message, result(id, 'cold')];
    const answered = await ask(history);
    expect(answered.process).toBe(called.process);
    expect(answered.thinking).toBeUndefined();
    const next = await ask([...history, answered.message, user('Thanks.')]);
    expect(next).toMatchObject({ thinking: adaptive, process: called.process });
  });

  test('an older model thinks within a budget', async () => {
    const id = newId();
    const older = { model: 'claude-sonnet-4-5', max_tokens: 20_000 };
    // The API names a model more exactly than it is asked for.
    const called = await ask(
      [question],
      messageReply([thought('Where is it?'), callBlock(id)], { model: 'claude-sonnet-4-5-20250929' }),
      older,
    );
    expect(called).toMatchObject({ thinking: { type: 'enabled', budget_tokens: 16_384 }, effort: undefined });
    const answered = await ask([question, called.message, result(id, 'cold'), user('Well?')], undefined, older);
    expect(answered.thinking).toEqual({ type: 'enabled', budget_tokens: 16_384 });
    expect(answered.messages[1]).toEqual({ role: 'assistant', content: [signed('Where is it?'), use(id)] });
  });

  test('it is streamed before the call', async () => {
    server.mock.reply(messageReply([thought('Where is it?'), callBlock(newId())]));
    const { chunks } = await readStream(
      await server.chat({ model: 'sonnet', tools: [weatherTool], reasoning_effort: 'low', messages: [question], stream: true }),
    );
    const deltas = chunks.flatMap((chunk) =>
      chunk.choices.map(({ delta }) => delta as { reasoning_content?: string; tool_calls?: object[] }),
    );
    expect(deltas.map((delta) => delta.reasoning_content ?? '').join('')).toBe('Where is it?');
    expect(deltas.findLastIndex((delta) => delta.reasoning_content !== undefined)).toBeLessThan(
      deltas.findIndex((delta) => delta.tool_calls !== undefined),
    );
  });

  test('another server does not know it, and goes on without', async () => {
    const id = newId();
    const called = await ask([question], messageReply([thought('Where is it?'), callBlock(id)]));
    const other = await startTestServer();
    try {
      const answered = await ask([question, called.message, result(id, 'cold')], undefined, {}, other);
      expect(answered).toMatchObject({ thinking: undefined, effort: 'high', message: { content: 'Hello world' } });
    } finally {
      await other.close();
    }
  });
});
