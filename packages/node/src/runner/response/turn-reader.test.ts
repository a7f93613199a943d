import { GatewayError, type TurnEvent } from '@claude-code-api/gateway';
import { foldTurn } from '@claude-code-api/gateway/runner-kit';
import { checkBlocks, withoutBlocks } from '@claude-code-api/gateway/testing';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CliMessage, CliStreamEvent } from '../process/cli-message.ts';
import { createTurnReader } from './turn-reader.ts';

const reader = (answerTool?: string) =>
  createTurnReader({
    model: 'sonnet',
    priceOf: () => ({ input: 1, output: 100_000, cacheRead: 0 }),
    cliRetries: false,
    toolNames: new Set(['known']),
    answerTool,
  });
const event = (value: CliStreamEvent): CliMessage => ({ type: 'stream_event', event: value });

const start = event({
  type: 'message_start',
  message: { id: 'msg_1', model: 'claude-x', usage: { input_tokens: 7, cache_read_input_tokens: 2, output_tokens: 1 } },
});
const open = event({ type: 'content_block_start', content_block: { type: 'text' } });
const say = (text: string) => event({ type: 'content_block_delta', delta: { type: 'text_delta', text } });
const close = event({ type: 'content_block_stop' });
const end = (reason: string | null) => event({ type: 'message_delta', delta: { stop_reason: reason }, usage: { output_tokens: 9 } });
const call = (name: string, json = '{}') => [
  event({ type: 'content_block_start', content_block: { type: 'tool_use', id: 'c', name } }),
  event({ type: 'content_block_delta', delta: { type: 'input_json_delta', partial_json: json } }),
  close,
];

function read(messages: readonly CliMessage[], answerTool?: string) {
  const following = reader(answerTool);
  const events: TurnEvent[] = messages.flatMap((message) => following.read(message));
  checkBlocks(events);
  return { events, outcome: following.outcome, answer: following.answer };
}

test('gives the start, the deltas, one usage and one end, in order', () => {
  const { events, outcome } = read([start, open, say('Hel'), say('lo'), close, end('end_turn'), event({ type: 'message_stop' })]);
  expect(withoutBlocks(events)).toMatchObject([
    { type: 'turn-start', model: 'claude-x', messageId: 'msg_1' },
    { type: 'text-delta', text: 'Hel' },
    { type: 'text-delta', text: 'lo' },
    {
      type: 'usage',
      usage: { inputTokens: 7, cacheReadTokens: 2, cacheWriteTokens: 0, cacheWriteHourTokens: 0, outputTokens: 9 },
      costUsd: expect.closeTo(0.900007, 9) as number,
    },
    { type: 'turn-end', reason: 'end_turn' },
  ]);
  expect(outcome).toBe('complete');
});

test('the text of the deltas is the text of the answer', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (pieces) => {
      const { events, answer } = read([start, open, ...pieces.map(say), close, end('end_turn')]);
      const text = events.map((each) => (each.type === 'text-delta' ? each.text : '')).join('');
      expect(text).toBe(pieces.join(''));
      expect(answer.map((block) => (block.type === 'text' ? block.text : '')).join('')).toBe(text);
    }),
  );
});

test.each([
  ['end_turn', 'end_turn', 'complete'],
  ['stop_sequence', 'stop_sequence', 'complete'],
  ['max_tokens', 'max_tokens', 'runaway'],
  ['model_context_window_exceeded', 'context_window', 'runaway'],
  ['pause_turn', 'pause_turn', 'runaway'],
  ['refusal', 'refusal', 'runaway'],
  ['of_the_future', 'end_turn', 'complete'],
])('stop reason %s: the turn ends with %s and the process is %s', (stopReason, reason, outcome) => {
  const following = read([start, open, say('Hi'), close, end(stopReason)]);
  const told = stopReason === 'of_the_future' && { told: { stop_reason: stopReason } };
  expect(following.events.at(-1)).toEqual({ type: 'turn-end', reason, ...told });
  expect(following.answer).toEqual([{ type: 'text', text: 'Hi' }]);
  expect(following.outcome).toBe(outcome);
});

test('a call of a known tool is waited for; one of an unknown tool the CLI would answer by itself', () => {
  expect(read([start, ...call('known'), end('tool_use')]).outcome).toBe('calling');
  expect(read([start, ...call('other'), end('tool_use')]).outcome).toBe('runaway');
  expect(read([start, ...call('known'), ...call('other'), end('tool_use')]).outcome).toBe('runaway');
});

test('after an answer of nothing but blanks the CLI would ask again by itself', () => {
  expect(read([start, end('end_turn')]).outcome).toBe('runaway');
  expect(read([start, open, say(' \n'), close, end('end_turn')]).outcome).toBe('runaway');
});

test('an answer that the CLI would leave out of what it sends next is better told to another process', () => {
  expect(read([start, open, say('(no '), say('content)'), close, end('end_turn')]).outcome).toBe('runaway');
  expect(read([start, open, say('\n(no content) '), close, end('end_turn')]).outcome).toBe('runaway');
  expect(read([start, open, say('(no content)!'), close, end('end_turn')]).outcome).toBe('complete');
});

test('a stream that breaks off is no end', () => {
  const { events, outcome } = read([start, open, say('Hi'), end(null)]);
  expect(withoutBlocks(events).map(({ type }) => type)).toEqual(['turn-start', 'text-delta']);
  expect(outcome).toBeUndefined();
});

test('a result before the end is a failure, whatever it says of itself', () => {
  const following = reader();
  following.read(start);
  for (const isError of [true, false]) {
    const result: CliMessage = { type: 'result', subtype: 'success', is_error: isError, num_turns: 1, result: '' };
    expect(() => following.read(result)).toThrow(GatewayError);
  }
});

test('a failure knows the kind of error and the wait that were told before', () => {
  const following = reader();
  following.read({ type: 'system', subtype: 'api_retry', retry_delay_ms: 7000 });
  following.read({ type: 'assistant', error: 'rate_limit' });
  const result: CliMessage = { type: 'result', subtype: 'success', is_error: true, num_turns: 1, api_error_status: 429 };
  expect(() => following.read(result)).toThrow(expect.objectContaining({ status: 429, retryAfterSeconds: 7 }));
});

test('a model whose price is not known has no cost', () => {
  const following = createTurnReader({
    model: 'x',
    priceOf: () => undefined,
    cliRetries: false,
    toolNames: new Set(),
    answerTool: undefined,
  });
  const events = [start, open, say('Hi'), close, end('end_turn')].flatMap((message) => following.read(message));
  expect(events.find(({ type }) => type === 'usage')).not.toHaveProperty('costUsd');
});

test.each<[what: string, messages: CliMessage[], texts: string[], content: string[]]>([
  ['JSON in text is told as it grows', [open, say(' '), say('{"a"'), say(':1}'), close, end('end_turn')], [' {"a"', ':1}'], ['text']],
  ['words are told when no call has come', [open, say('I '), say('can not'), close, end('end_turn')], ['I can not'], ['text']],
  ['words beside the call are not', [open, say('So:'), close, ...call('answer', '{"a":1}'), end('tool_use')], ['{"a":1}'], ['text']],
  ['what is told is not told again', [open, say('{"a":1}'), close, ...call('answer', '{"a":2}'), end('tool_use')], ['{"a":1}'], ['text']],
  ['JSON beside another call', [open, say('{"a":1}'), close, ...call('known'), end('tool_use')], ['{"a":1}'], ['text', 'tool_use']],
])("where an answer's tool is waited for: %s", (_, messages, texts, content) => {
  const { events } = read([start, ...messages], 'answer');
  expect(events.flatMap((each) => (each.type === 'text-delta' ? [each.text] : []))).toEqual(texts);
  expect(foldTurn(events).answer.blocks.map(({ started }) => started.type)).toEqual(content);
});

test.each([
  [{ type: 'refusal', category: 'cyber', explanation: 'It asks for an exploit.' }, 'It asks for an exploit.'],
  [{ type: 'refusal', category: null, explanation: null }, undefined],
  [null, undefined],
])('why Claude refused is told: %j', (details, refusal) => {
  const ended: CliStreamEvent = { type: 'message_delta', delta: { stop_reason: 'refusal', stop_details: details } };
  const [last] = read([start, event(ended)]).events.slice(-1);
  expect(last?.type === 'turn-end' && last.refusal).toBe(refusal);
});

test('which stop sequence it was is told', () => {
  const ended: CliStreamEvent = { type: 'message_delta', delta: { stop_reason: 'stop_sequence', stop_sequence: 'END' } };
  expect(read([start, open, say('Hi'), close, event(ended)]).events.at(-1)).toEqual({
    type: 'turn-end',
    reason: 'stop_sequence',
    stopSequence: 'END',
  });
});
