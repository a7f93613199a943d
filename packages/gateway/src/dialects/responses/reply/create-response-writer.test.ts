import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../gateway-error.ts';
import type { TurnEvent } from '../../../turn/turn-event.ts';
import { noUsage } from '../../../turn/usage.ts';
import { parseRequest } from '../request/parse-request.ts';
import { createResponseWriter, type ResponseWriter } from './create-response-writer.ts';
import type { OutputOptions } from './output.ts';

interface Told {
  readonly type: string;
  readonly sequence_number: number;
  readonly [key: string]: unknown;
}

const start: TurnEvent = { type: 'turn-start', model: 'claude-sonnet-5-5', usage: noUsage };
const usage: TurnEvent = {
  type: 'usage',
  usage: { ...noUsage, inputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 5, outputTokens: 7, reasoningTokens: 1 },
};
const end = (reason: Extract<TurnEvent, { type: 'turn-end' }>['reason'] = 'end_turn'): TurnEvent[] => [usage, { type: 'turn-end', reason }];

function textOf(index: number, itemId: string, ...pieces: string[]): TurnEvent[] {
  return [
    { type: 'block-start', index, block: { type: 'text' }, itemId },
    ...pieces.map((text): TurnEvent => ({ type: 'text-delta', index, text })),
    { type: 'block-end', index },
  ];
}

function thoughtOf(index: number, itemId: string, seal: string, ...pieces: string[]): TurnEvent[] {
  return [
    { type: 'block-start', index, block: { type: 'thinking' }, itemId },
    ...pieces.map((thinking): TurnEvent => ({ type: 'thinking-delta', index, thinking })),
    { type: 'signature', index, signature: 'SIGNED' },
    { type: 'block-end', index, seal },
  ];
}

function callOf(index: number, itemId: string, id: string, name: string, ...pieces: string[]): TurnEvent[] {
  return [
    { type: 'block-start', index, block: { type: 'tool_use', id, name }, itemId },
    ...pieces.map((json): TurnEvent => ({ type: 'input-delta', index, json })),
    { type: 'block-end', index },
  ];
}

function newWriter(body: object = {}, options: Partial<OutputOptions> = {}): ResponseWriter {
  const request = parseRequest({ model: 'sonnet', input: 'hi', ...body }, new Headers());
  return createResponseWriter(
    request,
    { id: 'resp_1', createdAt: 1, isKept: false },
    { tools: request.toolset.given, showsThinking: true, tellsActivity: false, ...options },
  );
}

function read(frames: readonly string[]): Told[] {
  const text = frames.join('');
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  return text
    .split('\n\n')
    .slice(0, -2)
    .map((frame) => {
      const [, type, data = ''] = /^event: (.*)\ndata: (.*)$/.exec(frame) ?? [];
      const told = JSON.parse(data) as Told;
      expect(told.type).toBe(type);
      return told;
    });
}

/** What a stream says, checked against the rules by which clients put it together, and against the whole reply. */
function tell(
  events: readonly TurnEvent[],
  body: object = {},
  options: Partial<OutputOptions> = {},
): { told: Told[]; response: Record<string, unknown> } {
  const writer = newWriter(body, options);
  const told = read([...events.flatMap((event) => writer.write(event, 0)), ...writer.end()]);
  expect(told.map((each) => each.sequence_number)).toEqual(told.map((_, index) => index));
  expect(told.slice(0, 2).map(({ type }) => type)).toEqual(['response.created', 'response.in_progress']);
  const response = told.at(-1)?.['response'] as Record<string, unknown>;
  const done = told.filter(({ type }) => type === 'response.output_item.done');
  const output = response['output'] as unknown[];
  expect(done.toSorted((one, other) => Number(one['output_index']) - Number(other['output_index'])).map(({ item }) => item)).toEqual(
    output,
  );
  const ids = new Map<unknown, unknown>();
  for (const each of told) {
    const item = each['item'] as { id: string; status: string } | undefined;
    if (each.type === 'response.output_item.added') {
      expect(each['output_index']).toBe(ids.size);
      expect(item?.status).toBe('in_progress');
      ids.set(each['output_index'], item?.id);
    } else if (item !== undefined) expect(item.id).toBe(ids.get(each['output_index']));
    else if ('item_id' in each) expect(each['item_id']).toBe(ids.get(each['output_index']));
  }
  const whole = newWriter(body, options);
  for (const event of events) whole.add(event);
  expect(withoutNew(whole.told())).toEqual(withoutNew(response));
  return { told, response };
}

/** Without the time, and ids that no event brings. */
function withoutNew(response: object): unknown {
  const json = JSON.stringify(response).replaceAll(/"completed_at":\d+/g, '"completed_at":0');
  return JSON.parse(json.replaceAll(/"msg_[0-9a-f]{32}"/g, '"msg"'));
}

const typesOf = (told: readonly Told[]): string[] => told.map(({ type }) => type.replace('response.', ''));

test('a complete turn: thinking, text, a call', () => {
  const { told, response } = tell(
    [
      start,
      ...thoughtOf(0, 'rs_1', 'SEAL', 'let me ', 'see'),
      ...textOf(1, 'msg_1', 'Hello ', 'world'),
      ...callOf(2, 'fc_1', 'toolu_1', 'add', '{"a":', '1}'),
      ...end('tool_use'),
    ],
    { reasoning: { summary: 'auto' }, tools: [{ type: 'function', name: 'add' }] },
  );
  expect(typesOf(told)).toEqual([
    'created',
    'in_progress',
    'output_item.added',
    'reasoning_summary_part.added',
    'reasoning_summary_text.delta',
    'reasoning_summary_text.delta',
    'reasoning_summary_text.done',
    'reasoning_summary_part.done',
    'output_item.done',
    'output_item.added',
    'content_part.added',
    'output_text.delta',
    'output_text.delta',
    'output_text.done',
    'content_part.done',
    'output_item.done',
    'output_item.added',
    'function_call_arguments.delta',
    'function_call_arguments.delta',
    'function_call_arguments.done',
    'output_item.done',
    'completed',
  ]);
  expect(response).toMatchObject({
    id: 'resp_1',
    status: 'completed',
    model: 'sonnet',
    output: [
      {
        id: 'rs_1',
        type: 'reasoning',
        summary: [{ type: 'summary_text', text: 'let me see' }],
        encrypted_content: 'SEAL',
        status: 'completed',
      },
      {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'Hello world', annotations: [], logprobs: [] }],
      },
      { id: 'fc_1', type: 'function_call', call_id: 'toolu_1', name: 'add', arguments: '{"a":1}', status: 'completed' },
    ],
    usage: {
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 3, cache_write_tokens: 5 },
      output_tokens: 7,
      output_tokens_details: { reasoning_tokens: 1 },
      total_tokens: 17,
    },
  });
});

test('without a wish for summaries, reasoning has no text, and what must come back all the same', () => {
  const events = [start, ...thoughtOf(0, 'rs_1', 'SEAL', 'secret'), ...textOf(1, 'msg_1', 'hi'), ...end()];
  const { told, response } = tell(events, {}, { showsThinking: false });
  expect(JSON.stringify(told)).not.toContain('secret');
  expect(response).toMatchObject({ output: [{ type: 'reasoning', summary: [], encrypted_content: 'SEAL' }, { type: 'message' }] });
});

test('blocks of one item are parts of it', () => {
  const redacted: TurnEvent[] = [
    { type: 'block-start', index: 1, block: { type: 'redacted_thinking', data: 'x' }, itemId: 'rs_1' },
    { type: 'block-end', index: 1, seal: 'B' },
  ];
  const { response } = tell([
    start,
    ...thoughtOf(0, 'rs_1', 'A', 'one'),
    ...redacted,
    ...thoughtOf(2, 'rs_1', 'C', 'two'),
    ...textOf(3, 'msg_1', 'a'),
    ...textOf(4, 'msg_1', 'b'),
    ...textOf(5, 'msg_1'),
    ...end(),
  ]);
  expect(response).toMatchObject({
    output: [{ summary: [{ text: 'one' }, { text: 'two' }], encrypted_content: 'A,B,C' }, { content: [{ text: 'a' }, { text: 'b' }] }],
  });
  expect((response['output'] as unknown[]).length).toBe(2);
});

test('an answer of nothing is a response without output', () => {
  expect(tell([start, ...textOf(0, 'msg_1'), ...end()]).response).toMatchObject({ status: 'completed', output: [] });
});

test.each([
  ['max_tokens', 'max_output_tokens'],
  ['context_window', 'max_output_tokens'],
  ['refusal', 'content_filter'],
] as const)('an answer that was cut by %s is incomplete', (reason, why) => {
  const { told, response } = tell([start, ...textOf(0, 'msg_1', 'Once'), ...end(reason)]);
  expect(told.at(-1)?.type).toBe('response.incomplete');
  expect(response).toMatchObject({
    status: 'incomplete',
    incomplete_details: { reason: why },
    completed_at: null,
    output: [{ status: 'incomplete' }],
  });
});

test('a refusal before any text is a part of a message', () => {
  const { told, response } = tell([start, usage, { type: 'turn-end', reason: 'refusal', refusal: 'No.' }]);
  expect(typesOf(told).slice(2)).toEqual([
    'output_item.added',
    'content_part.added',
    'refusal.delta',
    'refusal.done',
    'content_part.done',
    'output_item.done',
    'completed',
  ]);
  expect(response).toMatchObject({ status: 'completed', output: [{ content: [{ type: 'refusal', refusal: 'No.' }] }] });
});

test('sources are told as annotations', () => {
  const { told, response } = tell([
    start,
    { type: 'block-start', index: 0, block: { type: 'text' }, itemId: 'msg_1' },
    { type: 'text-delta', index: 0, text: 'It rains.' },
    { type: 'citation', index: 0, citation: { type: 'web_search_result_location', url: 'https://x.org', title: 'X' } },
    { type: 'citation', index: 0, citation: { type: 'char_location' } },
    { type: 'block-end', index: 0 },
    ...end(),
  ]);
  expect(typesOf(told)).toContain('output_text.annotation.added');
  const annotations = [{ type: 'url_citation', url: 'https://x.org', title: 'X', start_index: 0, end_index: 9 }];
  expect(response).toMatchObject({ output: [{ content: [{ annotations }] }] });
});

const tools = [
  { type: 'custom', name: 'patch' },
  {
    type: 'namespace',
    name: 'agents',
    tools: [
      { type: 'function', name: 'spawn' },
      { type: 'custom', name: 'say' },
    ],
  },
  { type: 'local_shell' },
  { type: 'shell' },
  { type: 'apply_patch' },
  { type: 'tool_search', execution: 'client' },
];

test.each([
  ['patch', '{"input":"a\\nb"}', { type: 'custom_tool_call', name: 'patch', input: 'a\nb' }],
  ['agents__spawn', '{"a":1}', { type: 'function_call', name: 'spawn', namespace: 'agents', arguments: '{"a":1}' }],
  ['agents__say', '{"input":"x"}', { type: 'custom_tool_call', name: 'say', namespace: 'agents', input: 'x' }],
  [
    'local_shell',
    '{"command":["ls"],"timeout_ms":5,"working_directory":"/x"}',
    { type: 'local_shell_call', action: { type: 'exec', command: ['ls'], env: {}, timeout_ms: 5, working_directory: '/x' } },
  ],
  ['shell', '{"commands":["ls"]}', { type: 'shell_call', action: { commands: ['ls'], timeout_ms: null, max_output_length: null } }],
  [
    'apply_patch',
    '{"type":"create_file","path":"a","diff":"+x"}',
    { type: 'apply_patch_call', operation: { type: 'create_file', path: 'a', diff: '+x' } },
  ],
  ['tool_search', '{"query":"x"}', { type: 'tool_search_call', execution: 'client', arguments: { query: 'x' } }],
  ['unknown', '{}', { type: 'function_call', name: 'unknown', arguments: '{}' }],
])('a call of %s is told in the form of its tool', (name, json, item) => {
  const { told, response } = tell([start, ...callOf(0, 'fc_1', 'toolu_1', name, ...json.split('')), ...end('tool_use')], { tools });
  expect(response).toMatchObject({ output: [{ id: 'fc_1', call_id: 'toolu_1', status: 'completed', ...item }] });
  const deltas = told.filter(({ type }) => type.endsWith('.delta')).map(({ delta }) => delta);
  const dones = told.filter(({ type }) => type.endsWith('arguments.done') || type.endsWith('input.done'));
  if (dones.length > 0) expect(deltas.join('')).toBe(dones[0]?.['arguments'] ?? dones[0]?.['input']);
});

const activity: TurnEvent[] = [
  { type: 'activity-start', id: 'toolu_a', name: 'WebSearch', input: { query: 'rain' } },
  { type: 'activity-start', id: 'toolu_b', name: 'mcp__files__read', input: { path: 'x' } },
  { type: 'activity-end', id: 'toolu_b', result: 'text', isError: false, denied: false },
  { type: 'activity-end', id: 'toolu_a', result: 'found', isError: false, denied: false },
  { type: 'activity-start', id: 'toolu_c', name: 'Bash', input: { command: 'x' } },
  { type: 'activity-end', id: 'toolu_c', result: 'no', isError: true, denied: false },
  { type: 'activity-start', id: 'toolu_d', name: 'Read', input: {} },
];

test("an agent's activity is told as items that clients know, where it is wished for", () => {
  const events = [start, ...textOf(0, 'msg_1', 'Let me see.'), ...activity, ...textOf(1, 'msg_2', 'Rain.'), ...end()];
  expect(tell(events, {}, { tellsActivity: true }).response).toMatchObject({
    output: [
      { id: 'msg_1' },
      { id: 'ws_a', type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'rain' } },
      { id: 'mcp_b', type: 'mcp_call', server_label: 'files', name: 'read', arguments: '{"path":"x"}', output: 'text', error: null },
      { id: 'mcp_c', type: 'mcp_call', server_label: 'claude_code', name: 'Bash', status: 'failed', output: null, error: 'no' },
      { id: 'mcp_d', type: 'mcp_call', status: 'failed' },
      { id: 'msg_2' },
    ],
  });
  expect(tell(events).response).toMatchObject({ output: [{ id: 'msg_1' }, { id: 'msg_2' }] });
});

test('a stream that fails says so in both ways, and ends what it has begun', () => {
  const writer = newWriter();
  const frames = [start, ...textOf(0, 'msg_1', 'Once')].flatMap((event) => writer.write(event, 0));
  const told = read([...frames, ...writer.fail(new GatewayError('No place.', { status: 529, code: 'overloaded' }), 'req_1')]);
  expect(typesOf(told).slice(-3)).toEqual(['output_item.done', 'error', 'failed']);
  expect(told.at(-2)).toMatchObject({
    code: 'overloaded',
    message: 'No place.',
    param: null,
    error: { type: 'server_error', code: 'overloaded', message: 'No place.' },
  });
  expect(told.at(-1)).toMatchObject({
    response: {
      status: 'failed',
      error: { code: 'server_is_overloaded', message: 'No place.' },
      output: [{ id: 'msg_1', status: 'incomplete' }],
      usage: null,
    },
  });
});

test.each([
  [400, 'context_length_exceeded', 'context_length_exceeded'],
  [429, 'insufficient_quota', 'insufficient_quota'],
  [429, 'rate_limit_exceeded', 'rate_limit_exceeded'],
  [429, null, 'rate_limit_exceeded'],
  [503, 'storage_unavailable', 'server_is_overloaded'],
  [400, 'invalid_value', 'invalid_prompt'],
  [500, null, 'server_error'],
])('an error %s %s is told as %s', (status, code, expected) => {
  const told = read(newWriter().fail(new GatewayError('x', { status, code }), 'req_1'));
  expect(told.at(-1)).toMatchObject({ type: 'response.failed', response: { error: { code: expected } } });
});

test('a silent stream is kept alive by an event, behind the first ones', () => {
  const writer = newWriter();
  const frames = [...writer.idle('comment'), ...writer.write(start, 0), ...writer.idle('chunk')];
  const told = read([...frames, ...textOf(0, 'msg_1', 'hi').flatMap((event) => writer.write(event, 0)), ...writer.end()]);
  expect(typesOf(told).slice(0, 4)).toEqual(['created', 'in_progress', 'keepalive', 'keepalive']);
  expect(told.map((each) => each.sequence_number)).toEqual(told.map((_, index) => index));
});

test('all keys of a response are always there', () => {
  const { response } = tell([start, ...textOf(0, 'msg_1', 'hi'), ...end()], {
    tools: [
      { type: 'function', name: 'f' },
      { type: 'web_search', x: 1 },
    ],
  });
  const required =
    'id object created_at completed_at status incomplete_details model previous_response_id instructions output error tools tool_choice truncation parallel_tool_calls text top_p presence_penalty frequency_penalty top_logprobs temperature reasoning user usage max_output_tokens max_tool_calls store background service_tier metadata safety_identifier prompt_cache_key';
  for (const key of required.split(' ')) expect(response, key).toHaveProperty(key);
  expect(response['tools']).toEqual([
    { type: 'function', name: 'f', description: null, parameters: null, strict: null },
    { type: 'web_search', x: 1 },
  ]);
});

describe('a response that nobody waits for', () => {
  const framed = (frames: readonly string[]): Told[] => frames.map((frame) => JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? '') as Told);
  const statusOf = (event: Told | undefined): unknown => (event?.['response'] as { status: string } | undefined)?.status;

  test('waits, begins, and ends; each frame is one event, and what keeps the connection alive does not count', () => {
    const writer = newWriter({ background: true });
    const { background: words } = writer;
    const waiting = words?.wait() ?? [];
    expect(writer.told()).toMatchObject({ status: 'queued', background: true, output: [] });
    const begun = words?.begin() ?? [];
    expect(writer.told()).toMatchObject({ status: 'in_progress' });
    expect(framed(writer.idle('chunk'))).toEqual([{ type: 'keepalive', sequence_number: 2 }]);
    const said = textOf(0, 'msg_1', 'Hello').flatMap((event) => writer.write(event, 0));
    const ended = end().flatMap((event) => writer.write(event, 0));
    // That it has ended is told when that is stored.
    expect(writer.told()).toMatchObject({ status: 'in_progress', output: [{ id: 'msg_1', status: 'completed' }] });
    const events = framed([...waiting, ...begun, ...said, ...ended, ...writer.end()]);
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index));
    expect(typesOf(events).slice(0, 3)).toEqual(['created', 'queued', 'in_progress']);
    expect(typesOf(events).at(-1)).toBe('completed');
    expect(events.at(-1)?.['response']).toEqual(writer.told());
  });

  test('is cancelled before and after it has begun, with what it has said', () => {
    for (const count of [0, 2, 3]) {
      const writer = newWriter({ background: true });
      const frames = writer.background?.wait() ?? [];
      for (const event of textOf(0, 'msg_1', 'Hello').slice(0, count)) frames.push(...writer.write(event, 0));
      frames.push(...(writer.background?.cancel() ?? []));
      const events = framed(frames);
      expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index));
      expect([typesOf(events).at(-1), statusOf(events.at(-1))]).toEqual(['incomplete', 'cancelled']);
      expect(writer.told()).toMatchObject({ status: 'cancelled', error: null, output: count === 0 ? [] : [{ status: 'incomplete' }] });
      // What comes late changes nothing.
      writer.write({ type: 'text-delta', index: 0, text: ' world' }, 0);
      expect(writer.told()).toEqual(events.at(-1)?.['response']);
    }
  });

  test('fails with what it has said, or without where there is no room for that', () => {
    const error = new GatewayError('Too large.', { status: 413, code: 'response_too_large' });
    const writer = newWriter({ background: true });
    for (const event of textOf(0, 'msg_1', 'Hello').slice(0, 2)) writer.write(event, 0);
    expect(typesOf(framed(writer.fail(error, ''))).slice(-2)).toEqual(['error', 'failed']);
    expect(writer.told()).toMatchObject({ status: 'failed', output: [{ status: 'incomplete' }] });
    expect(typesOf(framed(writer.background?.cutShort(error) ?? []))).toEqual(['error', 'failed']);
    expect(writer.told()).toMatchObject({ status: 'failed', output: [], error: { message: 'Too large.' } });
  });
});
