import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCliMessage } from './parse-cli-message.ts';

const parse = (value: unknown): unknown => parseCliMessage(JSON.stringify(value));

test.each([
  { type: 'stream_event', event: { type: 'message_start', message: { model: 'claude-x', usage: { input_tokens: 3 } } } },
  { type: 'stream_event', event: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } } },
  { type: 'stream_event', event: { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } } },
  { type: 'stream_event', event: { type: 'message_stop' } },
  { type: 'control_response', response: { subtype: 'success', request_id: 'a', response: { models: [] } } },
  { type: 'control_response', response: { subtype: 'error', request_id: 'a', error: 'no' } },
  { type: 'control_request', request_id: 'a', request: { subtype: 'can_use_tool', tool_name: 'Bash' } },
  { type: 'result', subtype: 'success', is_error: true, num_turns: 1, result: 'API Error', api_error_status: 429 },
  { type: 'assistant', uuid: 'u', error: 'authentication_failed' },
  { type: 'system', subtype: 'api_retry', retry_delay_ms: 500 },
  { type: 'system', subtype: 'status', status: 'requesting' },
])('reads what matters: %j', (message) => {
  // `index` of a delta is of no interest.
  const { index: _, ...event } = 'event' in message ? (message.event as { index?: number }) : {};
  expect(parse(message)).toMatchObject('event' in message ? { type: 'stream_event', event } : message);
});

test.each([
  { type: 'keep_alive' },
  { type: 'system', subtype: 'ui_invalidate', event: 'ui.render' },
  { type: 'stream_event', event: { type: 'ping' } },
  { type: 'stream_event', event: { type: 'of_the_future', more: [1] } },
  { type: 'user', message: {} },
  { type: 'toString' },
  { type: '__proto__' },
])('passes over what does not: %j', (message) => {
  expect(parse(message)).toBeUndefined();
});

const piece = { type: 'content_block_delta', delta: { type: 'text_delta', text: 'Hi' } };

test.each([
  { event: piece },
  { event: piece, parent_tool_use_id: null },
  { event: piece, parent_tool_use_id: 'toolu_1' },
  { event: piece, abandoned_blocks: { from_block_index: 1 } },
  { event: { type: 'content_block_delta', delta: { type: 'citations_delta', citation: { title: 'a' } } } },
])('reads a piece with all that is said of it: %j', (line) => {
  expect(parse({ type: 'stream_event', session_id: 's', ...line })).toEqual({ type: 'stream_event', ...line });
});

test.each([
  { event: piece, parent_tool_use_id: 3 },
  { event: piece, abandoned_blocks: 'all' },
  { event: { type: 'content_block_delta', delta: { type: 'text_delta', text: 3 } } },
  { event: { type: 'content_block_delta', delta: { type: 'citations_delta', citation: 'a' } } },
  { event: [piece] },
])('passes over a piece of another form: %j', (line) => {
  expect(parse({ type: 'stream_event', ...line })).toBeUndefined();
});

test('keys that it does not know are no hindrance', () => {
  expect(parse({ type: 'result', subtype: 'success', session_id: 's', modelUsage: {} })).toMatchObject({
    type: 'result',
    is_error: false,
    num_turns: 0,
  });
});

test.each(['', 'Segmentation fault', '{"type":', '[]', 'null', '42', '"text"', '{}', '{"type": 1}'])(
  'refuses %j, which is not the protocol',
  (line) => {
    expect(() => parseCliMessage(line)).toThrow(SyntaxError);
  },
);

test('never throws anything but a SyntaxError, whatever the line', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.record({ type: fc.string(), event: fc.jsonValue() }).map((value) => JSON.stringify(value)),
      ),
      (line) => {
        try {
          parseCliMessage(line);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      },
    ),
  );
});
