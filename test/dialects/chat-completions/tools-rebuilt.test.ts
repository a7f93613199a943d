import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { messageReply, stallReply, toolUseReply, type ReplyBlock, type RecordedMessages } from '@claude-code-api/mock-anthropic';
import type { ChatMessage, ToolCall } from '../../support/chat/chat-message.ts';
import { newestCli, minimumCli } from '../../support/cli/cli-versions.ts';
import { toBlocks } from '../../support/chat/last-messages.ts';
import { makePng } from '../../support/chat/pictures.ts';
import { onlyChild } from '../../support/cli/only-child.ts';
import { startTestServer, type TestServer } from '../../support/servers/start-test-server.ts';
import { processOf, result, toolChat, user, weatherTool, type AnswerMessage } from '../../support/chat/tool-chat.ts';
import { until } from '../../support/until.ts';
import { withoutCacheControl } from '../../support/chat/without-cache-control.ts';

const question = user('What is the weather?');
const twoCalls = [
  { id: 'toolu_r1', name: 'get_weather', input: { city: 'Oslo', deep: { a: [1.5, null, '東京'] } } },
  { id: 'toolu_r2', name: 'get_weather', input: {} },
];
const twoResults = [result('toolu_r2', 'warm'), result('toolu_r1', 'cold')];

const notTaken: readonly { what: string; more: readonly ChatMessage[] }[] = [
  { what: 'results and words', more: [...twoResults, user('And in Rome?')] },
  { what: 'an empty result', more: [result('toolu_r1', ''), result('toolu_r2', 'warm')] },
  {
    what: 'a blank part',
    more: [{ role: 'tool', tool_call_id: 'toolu_r1', content: [{ type: 'text', text: ' \n' }] }, result('toolu_r2', 'warm')],
  },
  { what: 'a megabyte', more: [result('toolu_r1', 'long – ü\n'.repeat(116_000)), result('toolu_r2', 'warm')] },
  { what: 'one more round', more: [...twoResults, { role: 'assistant', content: 'Cold and warm.' }, user('Thanks.')] },
];

type UseBlock = Extract<ReplyBlock, { type: 'tool_use' }>;

const mistakes: readonly { what: string; blocks: [UseBlock, ...UseBlock[]]; calls: [string, string][]; input: object }[] = [
  {
    what: 'a tool that is not there',
    blocks: [{ type: 'tool_use', id: 'toolu_h1', name: 'Write', input: {}, chunks: ['{"a":', '1}'] }],
    calls: [['Write', '{"a":1}']],
    input: { a: 1 },
  },
  {
    what: 'a name that is no name',
    blocks: [{ type: 'tool_use', id: 'toolu_h2', name: 'mcp__client__get_weather', input: {}, chunks: [] }],
    calls: [['mcp__client__get_weather', '{}']],
    input: {},
  },
  {
    what: 'arguments that are no JSON',
    blocks: [{ type: 'tool_use', id: 'toolu_h3', name: 'get_weather', input: {}, chunks: ['{"city": "Os', 'lo"'] }],
    calls: [['get_weather', '{"city": "Oslo"']],
    input: { INVALID_JSON: '{"city": "Oslo"' },
  },
  {
    what: 'arguments that are no object',
    blocks: [{ type: 'tool_use', id: 'toolu_h4', name: 'get_weather', input: {}, chunks: ['["Oslo"]'] }],
    calls: [['get_weather', '["Oslo"]']],
    input: { INVALID_JSON: '["Oslo"]' },
  },
  {
    what: 'one call of a tool that is there, one of another',
    blocks: [
      { type: 'tool_use', id: 'toolu_h5', name: 'get_weather', input: {}, chunks: ['{"city":"Oslo"}'] },
      { type: 'tool_use', id: 'toolu_h6', name: 'nothing', input: {}, chunks: ['{}'] },
    ],
    calls: [
      ['get_weather', '{"city":"Oslo"}'],
      ['nothing', '{}'],
    ],
    input: { city: 'Oslo' },
  },
];

describe.each([newestCli, minimumCli])('with CLI $version', (cli) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ cli, runner: { maxLive: 8 } });
  });
  afterAll(() => server.close());
  beforeEach(() => server.mock.reset());

  /** Upstream requests that got their whole answer: one that the CLI began before it was killed does not count. */
  function answered(): RecordedMessages[] {
    return server.mock.messages().filter(({ closedEarlyAt }) => closedEarlyAt === undefined);
  }

  async function callTwice(): Promise<{ messages: ChatMessage[]; process: string }> {
    server.mock.reply(toolUseReply(twoCalls, { text: 'I look.' }));
    const { message, request } = await toolChat(server, [question]);
    return { messages: [question, message], process: processOf(request) };
  }

  /** Calls whose process waits, and goes on waiting, for what another has to take. */
  let waiting: ReturnType<typeof callTwice> | undefined;

  // What is told apart is told apart by us, whatever the CLI: with the oldest one kind shows that it takes it.
  test.each(cli === newestCli ? notTaken : notTaken.slice(0, 1))('what a waiting CLI would not take as it is: $what', async ({ more }) => {
    const { messages, process } = await (waiting ??= callTwice());
    const { request, message } = await toolChat(server, [...messages, ...more]);
    expect(processOf(request)).not.toBe(process);
    // And then it is a conversation like any other.
    const next = await toolChat(server, [...messages, ...more, message, user('Go on.')]);
    expect(processOf(next.request)).toBe(processOf(request));
  });

  const pictures = [
    { what: 'a picture that a CLI would make smaller', width: 2600, height: 900 },
    { what: 'a small picture', width: 4, height: 4 },
  ];
  test.each(cli === newestCli ? pictures : pictures.slice(0, 1))('results may be pictures, exactly: $what', async ({ width, height }) => {
    const { messages } = await (waiting ??= callTwice());
    const before = server.mock.messages().length;
    const data = makePng(width, height);
    const content = [
      { type: 'text', text: 'Here:' },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } },
    ];
    const response = await server.chat({
      model: 'sonnet',
      tools: [weatherTool],
      messages: [...messages, { role: 'tool', tool_call_id: 'toolu_r1', content }, twoResults[0]],
    });
    expect(response.status).toBe(200);
    const [request, ...more] = server.mock.messages().slice(before);
    expect(more).toEqual([]);
    const sent = withoutCacheControl(request?.body.messages[2]?.content);
    const source = { type: 'base64', media_type: 'image/png', data };
    expect(sent).toEqual([
      {
        type: 'tool_result',
        tool_use_id: 'toolu_r1',
        content: [
          { type: 'text', text: 'Here:' },
          { type: 'image', source },
        ],
      },
      { type: 'tool_result', tool_use_id: 'toolu_r2', content: [{ type: 'text', text: 'warm' }] },
    ]);
  });

  if (cli === newestCli) {
    test('an edited history', async () => {
      const { messages, process } = await callTwice();
      const edited = (change: (call: ToolCall, index: number) => ToolCall): ChatMessage => {
        const [, message] = messages;
        if (message?.role !== 'assistant') throw new Error('No calls.');
        return { ...message, tool_calls: (message.tool_calls ?? []).map(change) };
      };
      const otherArguments = edited((call) => ({ ...call, function: { ...call.function, arguments: '{"city":"Bergen"}' } }));
      const otherIds = edited((call, index) => ({ ...call, id: `call_${index}` }));
      const fewer: ChatMessage = {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'toolu_r1', type: 'function', function: { name: 'other', arguments: '{}' } }],
      };
      const requests = [
        await toolChat(server, [question, otherArguments, ...twoResults]),
        await toolChat(server, [question, otherIds, result('call_0', 'cold'), result('call_1', 'warm')]),
        await toolChat(server, [question, fewer, result('toolu_r1', 'cold')]),
        await toolChat(server, [user('Weather?'), ...messages.slice(1), ...twoResults]),
        await toolChat(server, [...messages, ...twoResults], { tools: [weatherTool, { type: 'function', function: { name: 'other' } }] }),
      ];
      expect(requests.map(({ request }) => processOf(request))).not.toContain(process);
      // Whoever waits unchanged is still served.
      expect(processOf((await toolChat(server, [...messages, ...twoResults])).request)).toBe(process);
    });

    test("others' ids, which Claude does not take, and which begin anew with each message", async () => {
      const call = (city: string): ChatMessage => ({
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'functions.get_weather:0', type: 'function', function: { name: 'get_weather', arguments: JSON.stringify({ city }) } },
        ],
      });
      const back = (content: string): ChatMessage => result('functions.get_weather:0', content);
      const response = await server.chat({
        model: 'sonnet',
        tools: [weatherTool],
        messages: [question, call('Oslo'), back('cold'), call('Rome'), back('warm')],
      });
      expect(response.status).toBe(200);
      const use = (id: string, city: string): object => ({
        role: 'assistant',
        content: [{ type: 'tool_use', id, name: 'get_weather', input: { city } }],
      });
      const answer = (id: string, text: string): object => ({
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: id, content: [{ type: 'text', text }] }],
      });
      expect(withoutCacheControl(server.mock.messages()[0]?.body.messages)?.slice(1)).toEqual([
        use('functions_get_weather_0', 'Oslo'),
        answer('functions_get_weather_0', 'cold'),
        use('functions_get_weather_0x2', 'Rome'),
        answer('functions_get_weather_0x2', 'warm'),
      ]);
    });
  }

  test("a mistake of the model is the caller's to answer", async () => {
    const messages: ChatMessage[] = [];
    for (const { what, blocks, calls } of mistakes) {
      server.mock.reset();
      // Who goes on by itself would wait for ever, and be seen to wait.
      server.mock.replyWith(() => stallReply());
      server.mock.reply(messageReply(blocks));
      const first = await server.chat({ model: 'sonnet', tools: [weatherTool], messages: [question] });
      const { choices } = (await first.json()) as { choices: [{ message: AnswerMessage; finish_reason: string }] };
      const [{ message, finish_reason: finishReason }] = choices;
      expect(finishReason, what).toBe('tool_calls');
      expect(message.tool_calls?.map((call) => [call.function.name, call.function.arguments])).toEqual(calls);
      await wait(600);
      await expect.poll(answered).toHaveLength(1);
      if (messages.length > 0) messages.push({ role: 'assistant', content: 'I see.' });
      messages.push(question, message, ...(message.tool_calls ?? []).map(({ id }) => result(id, 'No such thing.')));
    }

    server.mock.reset();
    const response = await server.chat({ model: 'sonnet', tools: [weatherTool], messages });
    expect(response.status).toBe(200);
    expect(server.mock.messages()).toHaveLength(1);
    const sent = (withoutCacheControl(server.mock.messages()[0]?.body.messages) ?? []).flatMap(toBlocks);
    const uses = sent.filter(({ type }) => type === 'tool_use');
    for (const { blocks, calls, input } of mistakes) {
      const { id } = blocks[0];
      expect(uses.find((use) => use['id'] === id)).toEqual({ type: 'tool_use', id, name: calls[0]?.[0], input });
    }
    const results = sent.filter(({ type }) => type === 'tool_result');
    expect(results.map((each) => each['tool_use_id'])).toEqual(uses.map((use) => use['id']));
    expect(results).toHaveLength(mistakes.flatMap(({ calls }) => calls).length);
  });
});

describe('when the process is gone', () => {
  test('killed between call and result', async () => {
    const server = await startTestServer();
    try {
      server.mock.reply(toolUseReply(twoCalls));
      const { message, request } = await toolChat(server, [question]);
      const { pid } = await onlyChild();
      process.kill(-pid, 'SIGKILL');
      const other = await toolChat(server, [question, message, ...twoResults]);
      expect(processOf(other.request)).not.toBe(processOf(request));
      expect((await onlyChild()).pid).not.toBe(pid);
    } finally {
      await server.close();
    }
  });

  test('after the longest wait', async () => {
    const server = await startTestServer({ runner: { liveIdleMs: 4000 } });
    try {
      server.mock.reply(toolUseReply(twoCalls));
      const { message, request } = await toolChat(server, [question]);
      const { pid } = await onlyChild();
      await until(() => !isRunning(pid), 'the process to end');
      const other = await toolChat(server, [question, message, ...twoResults]);
      expect(processOf(other.request)).not.toBe(processOf(request));
    } finally {
      await server.close();
    }
  });

  test('another server gets the results', async () => {
    const one = await startTestServer();
    const other = await startTestServer();
    try {
      one.mock.reply(toolUseReply(twoCalls));
      const { message } = await toolChat(one, [question]);
      const rounds: ChatMessage[] = [question, message, ...twoResults];
      other.mock.reply(toolUseReply([{ id: 'toolu_r3', name: 'get_weather', input: { city: 'Rome' } }]));
      const second = await toolChat(other, rounds);
      rounds.push(second.message, result('toolu_r3', 'hot'));
      // Back to the first, which has another idea of where the conversation stands.
      expect((await toolChat(one, rounds)).message.content).toBe('Hello world');
    } finally {
      await Promise.all([one.close(), other.close()]);
    }
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
