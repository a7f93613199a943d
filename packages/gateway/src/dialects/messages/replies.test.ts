import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { GatewayError } from '../../gateway-error.ts';
import { createScriptedRunner, type Script } from '../../testing/index.ts';
import type { ScriptEvent } from '../../testing/script-blocks.ts';
import { callBlock, textBlock, thinkingBlock } from '../../turn/block-events.ts';
import type { TurnEnd } from '../../turn/turn-event.ts';
import { noUsage } from '../../turn/usage.ts';

interface Streamed {
  readonly type: string;
  readonly index?: number;
  readonly message?: object;
  readonly content_block?: object;
  readonly delta?: Delta;
  readonly usage?: object;
}

interface Delta {
  readonly text?: string;
  readonly thinking?: string;
  readonly signature?: string;
  readonly partial_json?: string;
  readonly citation?: object;
}

const usage = {
  ...noUsage,
  inputTokens: 7,
  cacheReadTokens: 5,
  cacheWriteTokens: 4,
  cacheWriteHourTokens: 1,
  outputTokens: 3,
  reasoningTokens: 2,
};
const told = {
  ...{ input_tokens: 7, cache_read_input_tokens: 5, cache_creation_input_tokens: 4, output_tokens: 3 },
  ...{ cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 1 }, output_tokens_details: { thinking_tokens: 2 } },
};

function says(events: readonly ScriptEvent[], end: Partial<TurnEnd> = {}): Script {
  return ({ model }) => [
    {
      type: 'turn-start',
      model: `${model}-full`,
      messageId: 'msg_upstream',
      usage: { ...noUsage, inputTokens: 7 },
      told: { service_tier: 'standard' },
    },
    ...events,
    { type: 'usage', usage, told: { server_tool_use: { web_search_requests: 1 } } },
    { type: 'turn-end', reason: 'end_turn', ...end },
  ];
}

function ask(script: Script, body: object = {}): Promise<Response> {
  const app = createGateway({ runner: createScriptedRunner({ script }) });
  return Promise.resolve(
    app.request('/v1/messages?beta=true', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sonnet', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }], ...body }),
    }),
  );
}

async function eventsOf(response: Response): Promise<Streamed[]> {
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const frames = (await response.text()).split('\n\n').filter((frame) => frame !== '');
  return frames.map((frame) => {
    const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(frame) ?? [];
    const event = JSON.parse(data ?? '') as Streamed;
    expect(event.type).toBe(name);
    return event;
  });
}

/** What a client makes of a stream. */
function toContent(events: readonly Streamed[]): object[] {
  const blocks: { start: object; text: string; json: string; signature: string | undefined; citations: unknown[] }[] = [];
  for (const { type, index = -1, content_block: start = {}, delta } of events) {
    if (type === 'content_block_start') blocks[index] = { start, text: '', json: '', signature: undefined, citations: [] };
    const block = blocks[index];
    if (type !== 'content_block_delta' || block === undefined || delta === undefined) continue;
    block.text += delta.text ?? delta.thinking ?? '';
    block.json += delta.partial_json ?? '';
    block.signature = delta.signature ?? block.signature;
    if (delta.citation !== undefined) block.citations.push(delta.citation);
  }
  return blocks.map(({ start, text, json, signature, citations }) => ({
    ...start,
    ...('text' in start && { text }),
    ...('thinking' in start && { thinking: text, signature }),
    ...(citations.length > 0 && { citations }),
    ...(json !== '' && { input: JSON.parse(json) as unknown }),
  }));
}

const citation = { type: 'web_search_result_location', url: 'https://a', cited_text: 'x', encrypted_index: 'Eo8' };
const found = { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [{ type: 'web_search_result', url: 'https://a' }] };
const search = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} };
const texts = textBlock(0, ['Hello ', 'world']);

test.each<[string, readonly ScriptEvent[], readonly object[]]>([
  ['a text', texts, [{ type: 'text', text: 'Hello world' }]],
  ['nothing', [], []],
  ['a text of nothing', textBlock(0, []), [{ type: 'text', text: '' }]],
  [
    'thinking, with its signature',
    [...thinkingBlock(0, ['Let ', 'me.'], 'c2ln'), ...textBlock(1, ['So.'])],
    [
      { type: 'thinking', thinking: 'Let me.', signature: 'c2ln' },
      { type: 'text', text: 'So.' },
    ],
  ],
  ['thinking that is not shown', thinkingBlock(0, [], 'c2ln'), [{ type: 'thinking', thinking: '', signature: 'c2ln' }]],
  [
    'thinking that nobody can read',
    [
      { type: 'block-start', index: 0, block: { type: 'redacted_thinking', data: 'EmwK' } },
      { type: 'block-end', index: 0 },
    ],
    [{ type: 'redacted_thinking', data: 'EmwK' }],
  ],
  [
    'calls',
    [...callBlock(0, { id: 'toolu_1', name: 'a' }, ['{"x":', '[1,2.5]}']), ...callBlock(1, { id: 'toolu_2', name: 'b' }, [])],
    [
      { type: 'tool_use', id: 'toolu_1', name: 'a', input: { x: [1, 2.5] } },
      { type: 'tool_use', id: 'toolu_2', name: 'b', input: {} },
    ],
  ],
  [
    'a call with what else the API tells of it',
    [
      { type: 'block-start', index: 0, block: { type: 'tool_use', id: 'toolu_1', name: 'a', extra: { caller: { type: 'direct' } } } },
      { type: 'block-end', index: 0 },
    ],
    [{ type: 'tool_use', id: 'toolu_1', name: 'a', input: {}, caller: { type: 'direct' } }],
  ],
  [
    "the API's own tools, and what a text cites",
    [
      { type: 'block-start', index: 0, block: { type: 'other', block: search } },
      { type: 'input-delta', index: 0, json: '{"query":"x"}' },
      { type: 'block-end', index: 0 },
      { type: 'block-start', index: 1, block: { type: 'other', block: found } },
      { type: 'block-end', index: 1 },
      { type: 'block-start', index: 2, block: { type: 'text' } },
      { type: 'text-delta', index: 2, text: 'It is.' },
      { type: 'citation', index: 2, citation },
      { type: 'block-end', index: 2 },
    ],
    [{ ...search, input: { query: 'x' } }, found, { type: 'text', text: 'It is.', citations: [citation] }],
  ],
])('%s: whole and streamed', async (_, events, content) => {
  const reason = { reason: content.some((block) => 'input' in block) ? 'tool_use' : 'end_turn' } as const;
  const whole = (await (await ask(says(events, reason))).json()) as object;
  expect(whole).toEqual({
    ...{ id: 'msg_upstream', type: 'message', role: 'assistant', model: 'sonnet-full', content },
    ...{ stop_reason: reason.reason, stop_sequence: null, usage: { server_tool_use: { web_search_requests: 1 }, ...told } },
  });
  const streamed = await eventsOf(await ask(says(events, reason), { stream: true }));
  expect(toContent(streamed)).toEqual(content);
  expect(streamed[0]).toEqual({
    type: 'message_start',
    message: {
      ...{
        id: 'msg_upstream',
        type: 'message',
        role: 'assistant',
        model: 'sonnet-full',
        content: [],
        stop_reason: null,
        stop_sequence: null,
      },
      usage: expect.objectContaining({ service_tier: 'standard', input_tokens: 7, output_tokens: 0 }) as unknown,
    },
  });
  expect(streamed.slice(-2)).toEqual([
    {
      ...{ type: 'message_delta', delta: { stop_reason: reason.reason, stop_sequence: null } },
      usage: { server_tool_use: { web_search_requests: 1 }, ...told },
    },
    { type: 'message_stop' },
  ]);
});

test.each<[string, object]>([
  ['{"id":12345678901234567890,"n":1}', { id: '12345678901234567890', n: 1 }],
  ['{"a":"cut', { INVALID_JSON: '{"a":"cut' }],
])('a whole answer with a call of %s loses nothing of it', async (json, input) => {
  const call = callBlock(0, { id: 'toolu_1', name: 'a' }, [json]);
  expect(await (await ask(says(call, { reason: 'tool_use' }))).json()).toMatchObject({ content: [{ type: 'tool_use', input }] });
});

test.each<[Partial<TurnEnd>, object]>([
  [{ reason: 'max_tokens' }, { stop_reason: 'max_tokens', stop_sequence: null }],
  [
    { reason: 'stop_sequence', stopSequence: 'END' },
    { stop_reason: 'stop_sequence', stop_sequence: 'END' },
  ],
  [{ reason: 'pause_turn' }, { stop_reason: 'pause_turn', stop_sequence: null }],
  [
    { reason: 'end_turn', told: { stop_reason: 'compaction' } },
    { stop_reason: 'compaction', stop_sequence: null },
  ],
  [{ reason: 'context_window' }, { stop_reason: 'model_context_window_exceeded', stop_sequence: null }],
  [
    { reason: 'refusal', refusal: 'No.' },
    { stop_reason: 'refusal', stop_sequence: null, stop_details: { type: 'refusal', category: null, explanation: 'No.' } },
  ],
  [
    {
      reason: 'refusal',
      refusal: 'No.',
      told: { stop_details: { type: 'refusal', category: 'bio', explanation: 'No.' }, container: { id: 'c' } },
    },
    {
      stop_reason: 'refusal',
      stop_sequence: null,
      stop_details: { type: 'refusal', category: 'bio', explanation: 'No.' },
      container: { id: 'c' },
    },
  ],
])('it ends with %o', async (end, expected) => {
  expect(await (await ask(says(texts, end))).json()).toMatchObject(expected);
  const streamed = await eventsOf(await ask(says(texts, end), { stream: true }));
  expect(streamed.at(-2)?.delta).toEqual(expected);
});

test('what was left out of the context is told beside the end', async () => {
  const management = { applied_edits: [{ type: 'clear_thinking_20251015' }] };
  const script = says(texts, { told: { context_management: management } });
  expect(await (await ask(script)).json()).toMatchObject({ context_management: management });
  const streamed = await eventsOf(await ask(script, { stream: true }));
  expect(streamed.at(-2)).toMatchObject({ type: 'message_delta', context_management: management });
  expect(streamed.at(-2)?.delta).not.toHaveProperty('context_management');
});

test('an answer whose id nobody knows has one of its own', async () => {
  const script: Script = () => [{ type: 'turn-start', model: 'm', usage }, ...texts, { type: 'turn-end', reason: 'end_turn' }];
  const ids = await Promise.all([ask(script), ask(script)].map(async (reply) => ((await (await reply).json()) as { id: string }).id));
  expect(ids).toEqual([expect.stringMatching(/^msg_.{20,}$/), expect.stringMatching(/^msg_.{20,}$/)]);
  expect(ids[0]).not.toBe(ids[1]);
});

test('a stream that fails says so in an event, and ends', async () => {
  async function* script(): AsyncGenerator<ScriptEvent> {
    yield { type: 'turn-start', model: 'm', usage };
    yield { type: 'text-delta', text: 'so' };
    throw new GatewayError('Overloaded', { status: 503, code: 'overloaded' });
  }
  const streamed = await eventsOf(await ask(script, { stream: true }));
  expect(streamed.at(-1)).toEqual({
    type: 'error',
    error: { type: 'overloaded_error', message: 'Overloaded', details: { error_code: 'overloaded' } },
    request_id: expect.stringMatching(/^req_/) as unknown,
  });
});

test('a silent stream is kept alive by pings', async () => {
  async function* script(): AsyncGenerator<ScriptEvent> {
    await new Promise((resolve) => setTimeout(resolve, 400));
    yield* says(texts)({ model: 'm' } as Parameters<Script>[0], new AbortController().signal) as Iterable<ScriptEvent>;
  }
  const app = createGateway({ runner: createScriptedRunner({ script }), keepAlive: { mode: 'chunk', intervalMs: 10 } });
  const response = await app.request('/v1/messages', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', max_tokens: 1, stream: true, messages: [{ role: 'user', content: 'hi' }] }),
  });
  const streamed = await eventsOf(response);
  expect(streamed[0]).toEqual({ type: 'ping' });
  expect(toContent(streamed.filter(({ type }) => type !== 'ping'))).toEqual([{ type: 'text', text: 'Hello world' }]);
});
