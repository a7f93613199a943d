import { GatewayError, type TurnEvent } from '@claude-code-api/gateway';
import { checkBlocks, withoutBlocks, type ScriptEvent } from '@claude-code-api/gateway/testing';
import { expect, test } from 'vitest';
import type { CliMessage, CliStreamEvent } from '../process/cli-message.ts';
import { createAgentTurnReader, type AgentTurnReaderOptions } from './agent-turn-reader.ts';

const event = (value: CliStreamEvent): CliMessage => ({ type: 'stream_event', event: value });
const start = event({ type: 'message_start', message: { model: 'claude-x', usage: { input_tokens: 7, output_tokens: 1 } } });
const close = event({ type: 'content_block_stop' });
const end = (reason: string | null) => event({ type: 'message_delta', delta: { stop_reason: reason }, usage: { output_tokens: 3 } });
const say = (...pieces: string[]) => [
  event({ type: 'content_block_start', content_block: { type: 'text' } }),
  ...pieces.map((text) => event({ type: 'content_block_delta', delta: { type: 'text_delta', text } })),
  close,
];
const think = [
  event({ type: 'content_block_start', content_block: { type: 'thinking' } }),
  event({ type: 'content_block_delta', delta: { type: 'thinking_delta', thinking: 'hm' } }),
  event({ type: 'content_block_delta', delta: { type: 'signature_delta', signature: 'sig' } }),
  close,
];
const call = (id: string, name = 'Read') => [
  event({ type: 'content_block_start', content_block: { type: 'tool_use', id, name } }),
  event({ type: 'content_block_delta', delta: { type: 'input_json_delta', partial_json: '{"a":' } }),
  event({ type: 'content_block_delta', delta: { type: 'input_json_delta', partial_json: '1}' } }),
  close,
];
const result = (id: string, content = 'ok', decision?: string): CliMessage => ({
  type: 'user',
  message: { content: [{ type: 'tool_result', tool_use_id: id, content, ...(decision === 'reject' && { is_error: true }) }] },
  ...(decision !== undefined && { tool_result_meta: [{ id, permission_decision: { decision } }] }),
});
const over = (fields: object = {}): CliMessage => ({
  type: 'result',
  subtype: 'success',
  is_error: false,
  num_turns: 1,
  total_cost_usd: 0.75,
  ...fields,
});

function setUp(options: Partial<AgentTurnReaderOptions> = {}) {
  const denied: string[][] = [];
  const all: TurnEvent[] = [];
  const reader = createAgentTurnReader({
    model: 'sonnet',
    priceOf: () => ({ input: 0, output: 10_000 }),
    cliRetries: false,
    toolNames: new Set(['weather']),
    openCalls: new Map(),
    lastTextOnly: false,
    costBefore: 0.5,
    hasDenied: (id) => id === 'refused',
    onDenied: (...what) => void denied.push(what),
    ...options,
  });
  /** Without the starts and ends of blocks. */
  const read = (messages: readonly CliMessage[]): ScriptEvent[] => {
    const events = messages.flatMap((message) => reader.read(message));
    all.push(...events);
    checkBlocks(all);
    return withoutBlocks(events);
  };
  return { reader, denied, read };
}

test('texts of all steps with a blank line between, activities in between, the sum of usage, and the share of the cost', () => {
  const { reader, denied, read } = setUp();
  const events = read([
    ...[start, ...think, ...say('I ', 'look.'), ...call('a'), end('tool_use'), result('a', 'no', 'reject')],
    ...[start, ...call('b'), end('tool_use'), result('b', '')],
    ...[start, ...say('Done.'), end('end_turn'), over()],
  ]);
  expect(events).toMatchObject([
    { type: 'turn-start', model: 'claude-x', usage: { inputTokens: 7 } },
    { type: 'thinking-delta', thinking: 'hm' },
    { type: 'signature', signature: 'sig' },
    { type: 'text-delta', text: 'I ' },
    { type: 'text-delta', text: 'look.' },
    { type: 'activity-start', id: 'a', name: 'Read', input: { a: 1 } },
    { type: 'activity-end', id: 'a', result: 'no', isError: true, denied: true },
    { type: 'activity-start', id: 'b' },
    { type: 'activity-end', id: 'b', result: '', isError: false, denied: false },
    { type: 'text-delta', text: '\n\nDone.' },
    { type: 'usage', usage: { inputTokens: 21, outputTokens: 9 }, costUsd: 0.25 },
    { type: 'turn-end', reason: 'end_turn' },
  ]);
  expect(reader).toMatchObject({ outcome: 'complete', cost: 0.75, answer: [{ type: 'text', text: 'I look.\n\nDone.' }] });
  expect(denied).toEqual([['a', 'Read']]);
  expect(events.at(-1)).toMatchObject({
    steps: [
      {
        role: 'assistant',
        model: 'claude-x',
        content: [{ type: 'thinking', signature: 'sig' }, { type: 'text' }, { type: 'tool_use', id: 'a' }],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', is_error: true }] },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'b' }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'b', content: [] }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Done.' }] },
    ],
  });
});

test('a plain answer has no steps', () => {
  expect(
    setUp()
      .read([start, ...say('Hi'), end('end_turn'), over()])
      .at(-1),
  ).not.toHaveProperty('steps');
});

test("the caller's calls end the turn once the agent's own have their results", () => {
  const { reader, read } = setUp();
  const step = [start, ...think, ...call('a'), ...call('w', 'weather'), ...call('b'), end('tool_use')];
  const events = read(step);
  expect(events.filter(({ type }) => type === 'call' || type === 'input-delta')).toEqual([
    { type: 'call', id: 'w', name: 'weather' },
    { type: 'input-delta', json: '{"a":' },
    { type: 'input-delta', json: '1}' },
  ]);
  expect(reader.isHeldUp).toBe(false);
  read([result('a')]);
  expect(reader).toMatchObject({ isHeldUp: true, outcome: undefined });
  const ended = read([result('b')]);
  expect(ended.map(({ type }) => type)).toEqual(['activity-end', 'usage', 'turn-end']);
  expect(ended.at(-1)).toMatchObject({
    reason: 'tool_use',
    steps: [{ role: 'assistant' }, { role: 'user', content: [{ tool_use_id: 'a' }, { tool_use_id: 'b' }] }],
  });
  expect(reader).toMatchObject({ outcome: 'calling', isHeldUp: false, answer: [{ type: 'thinking' }, { type: 'tool_use', id: 'w' }] });
  expect(read([over()])).toEqual([]);
});

test('what is held up belongs to the next turn, whose steps begin with it', () => {
  const { reader, read } = setUp();
  read([start, ...call('w', 'weather'), ...call('late'), end('tool_use')]);
  expect(reader.isHeldUp).toBe(true);
  expect(reader.settle().at(-1)).toMatchObject({ reason: 'tool_use' });
  expect(reader.answer).toMatchObject([{ type: 'tool_use', id: 'w' }]);
  expect([...reader.openCalls]).toEqual([['late', 'Read']]);
  const next = setUp({ openCalls: reader.openCalls });
  const events = next.read([result('w'), result('late', 'at last'), start, ...say('Done.'), end('end_turn'), over()]);
  expect(events.map(({ type }) => type)).toEqual(['turn-start', 'activity-end', 'text-delta', 'usage', 'turn-end']);
  expect(events.at(-1)).toMatchObject({ steps: [{ role: 'user', content: [{ tool_use_id: 'late' }] }, { role: 'assistant' }] });
});

test('results that come while the model still speaks stand after what it says', () => {
  const { read } = setUp();
  const events = read([
    start,
    ...call('a'),
    result('a'),
    ...say('Meanwhile.'),
    end('tool_use'),
    start,
    ...say('Done.'),
    end('end_turn'),
    over(),
  ]);
  const steps = events.flatMap((each) => (each.type === 'turn-end' ? (each.steps ?? []) : []));
  expect(steps.map(({ role }) => role)).toEqual(['assistant', 'user', 'assistant']);
});

test.each([
  ['error_max_turns', 'max_turns'],
  ['error_max_budget_usd', 'max_budget'],
])('%s ends the turn for its length', (subtype, limit) => {
  const { reader, read } = setUp();
  const events = read([start, ...say('So far.'), ...call('a'), end('tool_use'), result('a'), over({ subtype, is_error: true })]);
  expect(events.at(-1)).toMatchObject({ type: 'turn-end', reason: 'max_tokens', limit });
  expect(reader).toMatchObject({ outcome: 'runaway', answer: [{ type: 'text', text: 'So far.' }] });
});

test.each(['max_tokens', 'refusal'])('after %s the CLI would go on by itself: its process must end', (reason) => {
  const { reader, read } = setUp();
  expect(read([start, ...say('Well'), end(reason)]).at(-1)).toMatchObject({ type: 'turn-end', reason });
  expect(reader.outcome).toBe('runaway');
});

test('why Claude refused is told; of a subagent it is no matter', () => {
  const refused = (explanation: string | null, parent?: string): CliMessage => {
    const message = event({ type: 'message_delta', delta: { stop_reason: 'refusal', stop_details: { explanation } } });
    return { ...message, ...(parent !== undefined && { parent_tool_use_id: parent }) };
  };
  expect(
    setUp()
      .read([start, ...say('Well'), refused('It is unsafe.')])
      .at(-1),
  ).toMatchObject({
    reason: 'refusal',
    refusal: 'It is unsafe.',
  });
  const worked = [start, ...call('a', 'Agent'), end('tool_use'), refused('Inner.', 'a'), result('a'), start];
  expect(
    setUp()
      .read([...worked, refused(null)])
      .at(-1),
  ).not.toHaveProperty('refusal');
  expect(
    setUp()
      .read([...worked, ...say('Done.'), end('end_turn'), over()])
      .at(-1),
  ).not.toHaveProperty('refusal');
});

test('an answer that the CLI would leave out of what it sends next is better told to another process', () => {
  const { reader, read } = setUp();
  expect(read([start, ...say('(no content)'), end('end_turn'), over()]).at(-1)).toMatchObject({ reason: 'end_turn' });
  expect(reader.outcome).toBe('runaway');
});

test('failures: a result that is an error, or comes before any answer', () => {
  expect(() => setUp().read([over()])).toThrow(GatewayError);
  expect(() => setUp().read([start, ...say('Hi'), end('end_turn'), over({ is_error: true, api_error_status: 529 })])).toThrow(
    expect.objectContaining({ status: 503 }) as Error,
  );
  expect(() => setUp().read([start, ...say('Hi'), end(null), over()])).toThrow(GatewayError);
});

test('of a subagent nothing is told; where the answer must fit a schema, only the text of the last step', () => {
  const inner = [start, ...say('Inner.'), ...call('x'), end('tool_use'), result('x')].map((message): CliMessage =>
    message.type === 'stream_event' || message.type === 'user' ? { ...message, parent_tool_use_id: 'a' } : message,
  );
  const { read } = setUp({ lastTextOnly: true });
  const events = read([
    start,
    ...say('Look.'),
    ...call('a', 'Agent'),
    end('tool_use'),
    ...inner,
    result('a'),
    start,
    ...say('{', '}'),
    end('end_turn'),
    over(),
  ]);
  expect(events.map(({ type }) => type)).toEqual(['turn-start', 'activity-start', 'activity-end', 'text-delta', 'usage', 'turn-end']);
  expect(events[3]).toEqual({ type: 'text-delta', text: '{}' });
});

test('what a subagent has used is told at once, so that it counts when the turn is cut', () => {
  const used: number[] = [];
  const { read } = setUp({ onUsage: ({ inputTokens }) => void used.push(inputTokens) });
  const content = [{}];
  const answer = { id: 'msg_1', model: 'claude-y', usage: { input_tokens: 100, output_tokens: 1 }, content };
  read([start, ...call('a', 'Agent'), end('tool_use')]);
  read([
    { type: 'assistant', parent_tool_use_id: 'a', message: answer },
    { type: 'assistant', parent_tool_use_id: 'a', message: answer },
    { type: 'assistant', parent_tool_use_id: null, message: { ...answer, id: 'msg_2' } },
  ]);
  expect(used).toEqual([7, 7, 107]);
});

test('a very long result is cut, and says by how much', () => {
  const { read } = setUp();
  const events = read([start, ...call('a'), end('tool_use'), result('a', 'x'.repeat(40_000))]);
  expect(events.at(-1)).toMatchObject({ type: 'activity-end', result: `${'x'.repeat(32_768)}\n[7232 more characters]` });
});

test('a use that was refused is told as denied, also by a CLI that does not say so', () => {
  const { denied, read } = setUp();
  const texts = ['Whatever.', 'Permission to use Bash with command x has been denied.', 'No such file.'];
  const events = ['refused', 'ruled', 'failed'].flatMap((id, index) => {
    const told: CliMessage = {
      type: 'user',
      message: { content: [{ type: 'tool_result', tool_use_id: id, content: texts[index], is_error: true }] },
    };
    return read([start, ...call(id), end('tool_use'), told]);
  });
  expect(events.filter(({ type }) => type === 'activity-end')).toMatchObject([{ denied: true }, { denied: true }, { denied: false }]);
  expect(denied.map(([id]) => id)).toEqual(['refused', 'ruled']);
});
