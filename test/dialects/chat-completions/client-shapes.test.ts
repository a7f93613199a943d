import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { textReply, toolUseReply, type RecordedMessages } from '@claude-code-api/mock-anthropic';
import { agentProfileOf } from '../../support/servers/agent-profile-of.ts';
import { readStream } from '../../support/chat/read-stream.ts';
import { say, startAgents } from '../../support/servers/start-agents.ts';
import { startTestServer, type TestServer } from '../../support/servers/start-test-server.ts';
import { processOf } from '../../support/chat/tool-chat.ts';
import { withoutCacheControl } from '../../support/chat/without-cache-control.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ runner: { maxLive: 4 } });
});
afterAll(() => server.close());
beforeEach(() => server.mock.reset());

interface Answer {
  readonly message: { readonly content: string | null; readonly refusal: string | null; readonly tool_calls?: readonly object[] };
  readonly finish_reason: string;
}

/** Asks, and gives the answer and the one request that was sent upstream. */
async function ask(body: object): Promise<{ answer: Answer; request: RecordedMessages | undefined }> {
  const before = server.mock.messages().length;
  const response = await server.chat({ model: 'sonnet', ...body });
  const completion = (await response.json()) as { choices: [Answer] };
  expect(response.status, JSON.stringify(completion)).toBe(200);
  const [request, ...more] = server.mock.messages().slice(before);
  expect(more).toEqual([]);
  return { answer: completion.choices[0], request };
}

function messagesOf(request: RecordedMessages | undefined): unknown {
  return withoutCacheControl(request?.body.messages);
}

const question = { role: 'user', content: 'What is 6 * 7?' };
const text = (value: string): object => ({ type: 'text', text: value });
const asked = { role: 'user', content: [text(question.content)] };
const input = 'print(6 * 7)\n# "ünïcödé" \\ 🦊';
const use = { type: 'tool_use', id: 'toolu_s1', name: 'run', input: { input } };
const outcome = { type: 'tool_result', tool_use_id: 'toolu_s1', content: [text('42')] };

describe('a custom tool', () => {
  const tools = [
    { type: 'custom', custom: { name: 'run', description: 'Runs Python.', format: { type: 'text' } } },
    { type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } },
  ];
  const call = { id: 'toolu_s1', type: 'custom', custom: { name: 'run', input } };

  test('its call is told, held for the result, and there when the conversation is rebuilt', async () => {
    server.mock.reply(toolUseReply([use], { text: 'I run it.' }));
    const called = await ask({ tools, messages: [question] });
    expect(called.request?.body.tools).toMatchObject([{ name: 'look' }, { name: 'run', input_schema: { required: ['input'] } }]);
    expect(called.answer).toMatchObject({ finish_reason: 'tool_calls', message: { content: 'I run it.', tool_calls: [call] } });

    const history = [question, called.answer.message, { role: 'tool', tool_call_id: 'toolu_s1', content: '42' }];
    const expected = [asked, { role: 'assistant', content: [text('I run it.'), use] }, { role: 'user', content: [outcome] }];
    const held = await ask({ tools, messages: history });
    expect(processOf(held.request)).toBe(processOf(called.request));
    expect(messagesOf(held.request)).toEqual(expected);
    const rebuilt = await ask({ tools, messages: [...history, { role: 'user', content: 'Sure?' }] });
    expect(processOf(rebuilt.request)).not.toBe(processOf(called.request));
    expect(messagesOf(rebuilt.request)).toEqual([...expected.slice(0, 2), { role: 'user', content: [outcome, text('Sure?')] }]);
  });

  test('its call is streamed as a text', async () => {
    server.mock.reply(toolUseReply([use, { id: 'toolu_s2', name: 'look', input: {} }], { chunkSize: 3 }));
    const { chunks, finishReasons } = await readStream(
      await server.chat({ model: 'sonnet', tools, messages: [question], stream: true, tool_choice: 'auto' }),
    );
    const calls = chunks.flatMap(({ choices }) =>
      choices.flatMap(
        ({ delta }) => (delta as { tool_calls?: { index: number; custom?: { input: string }; function?: object }[] }).tool_calls ?? [],
      ),
    );
    expect(calls[0]).toEqual({ index: 0, id: 'toolu_s1', type: 'custom', custom: { name: 'run', input: '' } });
    expect(calls.map(({ custom }) => custom?.input ?? '').join('')).toBe(input);
    expect(calls.filter(({ index }) => index === 1)).toMatchObject([
      { id: 'toolu_s2', function: { name: 'look' } },
      { function: { arguments: '{}' } },
    ]);
    expect(finishReasons).toEqual(['tool_calls']);
  });
});

describe.each([
  ["the Messages API's form", (name: string, schema: object) => ({ name, description: 'd', input_schema: schema })],
  [
    'the flat form of the Responses API',
    (name: string, schema: object) => ({ type: 'function', name, description: 'd', parameters: schema }),
  ],
])('tools in %s', (_, toolOf) => {
  const schema = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] };
  const tools = [toolOf('run', schema)];

  test('and calls and results in blocks: the held call goes on, and so does what is rebuilt', async () => {
    server.mock.reply(toolUseReply([use]));
    const called = await ask({ tools, tool_choice: { type: 'auto' }, messages: [question] });
    expect(called.request?.body.tools).toMatchObject([{ name: 'run', description: 'd', input_schema: schema }]);
    const said = { role: 'assistant', content: [use] };
    const result = { type: 'tool_result', tool_use_id: 'toolu_s1', content: '42' };
    const held = await ask({ tools, messages: [question, said, { role: 'user', content: [result] }] });
    expect(processOf(held.request)).toBe(processOf(called.request));
    expect(messagesOf(held.request)).toEqual([asked, said, { role: 'user', content: [outcome] }]);
    const rebuilt = await ask({ tools, messages: [question, said, { role: 'user', content: [result, text('Sure?')] }] });
    expect(messagesOf(rebuilt.request)).toEqual([asked, said, { role: 'user', content: [outcome, text('Sure?')] }]);
  });
});

describe('why Claude refused', () => {
  const refused = textReply('I will', {
    stopReason: 'refusal',
    stopDetails: { type: 'refusal', category: 'cyber', explanation: 'It asks for an exploit.' },
  });

  test('is told whole and streamed', async () => {
    server.mock.reply(refused, refused);
    expect((await ask({ messages: [question] })).answer).toMatchObject({
      finish_reason: 'content_filter',
      message: { content: 'I will', refusal: 'It asks for an exploit.' },
    });
    const streamed = await readStream(await server.chat({ model: 'sonnet', messages: [question], stream: true }));
    expect(streamed.finishReasons).toEqual(['content_filter']);
    const deltas = streamed.chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta as { refusal?: string }));
    expect(deltas.map(({ refusal = '' }) => refusal).join('')).toBe('It asks for an exploit.');
  });

  test('is told by agents too', async () => {
    const agents = await startAgents({ profiles: { agent: agentProfileOf() } });
    try {
      agents.mock.reply(refused);
      expect((await agents.ask({ messages: [say('Go.')] })).end).toMatchObject({ reason: 'refusal', refusal: 'It asks for an exploit.' });
    } finally {
      await agents.close();
    }
  });
});
