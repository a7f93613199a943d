import { expect, test } from 'vitest';
import type { CliStreamEvent } from '../process/cli-message.ts';
import { createBlockReader, type BlockReader } from './block-reader.ts';

type Start = Extract<CliStreamEvent, { type: 'content_block_start' }>['content_block'];
type Delta = Extract<CliStreamEvent, { type: 'content_block_delta' }>['delta'];

function block(start: Start, ...deltas: Delta[]): CliStreamEvent[] {
  return [
    { type: 'content_block_start', content_block: start },
    ...deltas.map((delta): CliStreamEvent => ({ type: 'content_block_delta', delta })),
    { type: 'content_block_stop' },
  ];
}

function gather(...events: CliStreamEvent[]): BlockReader {
  const blocks = createBlockReader();
  for (const event of events) blocks.read(event);
  return blocks;
}

function call(...json: string[]): CliStreamEvent[] {
  return block(
    { type: 'tool_use', id: 'toolu_1', name: 'a' },
    ...json.map((piece): Delta => ({ type: 'input_json_delta', partial_json: piece })),
  );
}

test('blocks of all kinds, as the API takes them back', () => {
  const { blocks, damaged } = gather(
    ...block(
      { type: 'thinking' },
      { type: 'thinking_delta', thinking: 'h' },
      { type: 'thinking_delta', thinking: 'm' },
      { type: 'signature_delta', signature: 'c2ln' },
    ),
    ...block({ type: 'redacted_thinking', data: 'xyz' }),
    ...block({ type: 'text' }, { type: 'text_delta', text: 'a' }, { type: 'text_delta', text: 'b' }),
    ...block({ type: 'text' }),
    ...call('', '{"a":', '[1]}'),
  );
  expect(blocks).toEqual([
    { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
    { type: 'redacted_thinking', data: 'xyz' },
    { type: 'text', text: 'ab' },
    { type: 'tool_use', id: 'toolu_1', name: 'a', input: { a: [1] } },
  ]);
  expect(damaged).toBe(false);
});

test.each([[], [''], [' '], ['{}']])('no arguments: %j', (...json) => {
  const { blocks, damaged } = gather(...call(...json));
  expect({ blocks, damaged }).toEqual({ blocks: [{ type: 'tool_use', id: 'toolu_1', name: 'a', input: {} }], damaged: false });
});

test.each(['{"a":', '[1]', 'null', '"a"', '{"a":1}}'])('damaged arguments: %s', (json) => {
  const { blocks, damaged } = gather(...call(json), ...call('{}'));
  expect({ damaged, count: blocks.length }).toEqual({ damaged: true, count: 2 });
});

test('a block that is left open counts when the message ends', () => {
  const [start, delta] = block({ type: 'text' }, { type: 'text_delta', text: 'a' });
  if (start === undefined || delta === undefined) throw new Error('No events.');
  expect(gather(start, delta).blocks).toEqual([]);
  expect(gather(start, delta, { type: 'message_delta', delta: { stop_reason: 'max_tokens' } }).blocks).toEqual([
    { type: 'text', text: 'a' },
  ]);
});
