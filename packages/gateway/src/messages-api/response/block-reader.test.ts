import { checkBlocks } from '../../testing/check-blocks.ts';
import { foldTurn, toContentBlock } from '../../turn/fold-turn.ts';
import type { StreamEvent } from '../stream-event.ts';
import { createBlockReader, type BlockReader } from './block-reader.ts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

type Start = Extract<StreamEvent, { type: 'content_block_start' }>['content_block'];
type Delta = Extract<StreamEvent, { type: 'content_block_delta' }>['delta'];

function block(start: Start, ...deltas: Delta[]): StreamEvent[] {
  return [
    { type: 'content_block_start', content_block: start },
    ...deltas.map((delta): StreamEvent => ({ type: 'content_block_delta', delta })),
    { type: 'content_block_stop' },
  ];
}

function gather(...events: StreamEvent[]): BlockReader {
  const blocks = createBlockReader();
  for (const event of events) blocks.read(event);
  return blocks;
}

function call(...json: string[]): StreamEvent[] {
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

test('blocks that are not interpreted are passed on, with what is said in pieces', () => {
  const search = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} };
  const found = { type: 'web_search_tool_result', tool_use_id: 's', content: [{ type: 'web_search_result', url: 'https://x' }] };
  const reader = createBlockReader();
  const told = [
    ...block(search, { type: 'input_json_delta', partial_json: '{"query":"x"}' }),
    ...block(found),
    ...block(
      { type: 'text' },
      { type: 'citations_delta', citation: { type: 'x' } },
      { type: 'text_delta', text: 'So.' },
      { type: 'of_the_future' },
    ),
  ].flatMap((event) => reader.read(event));
  expect(told.filter(({ type }) => type !== 'block-end')).toEqual([
    { type: 'block-start', index: 0, block: { type: 'other', block: search } },
    { type: 'input-delta', index: 0, json: '{"query":"x"}' },
    { type: 'block-start', index: 1, block: { type: 'other', block: found } },
    { type: 'block-start', index: 2, block: { type: 'text' } },
    { type: 'citation', index: 2, citation: { type: 'x' } },
    { type: 'text-delta', index: 2, text: 'So.' },
  ]);
  expect(reader.blocks[0]).toEqual({ type: 'other', block: { ...search, input: { query: 'x' } } });
});

test('what is told adds up to the blocks, whatever comes, in whatever order', () => {
  const text = fc.string({ maxLength: 4 });
  const event = fc.oneof(
    fc.constantFrom('text', 'thinking', 'redacted_thinking', 'tool_use', 'of_the_future').map((type): StreamEvent => ({
      type: 'content_block_start',
      content_block: { type, id: 'i', name: 'n', data: 'd' },
    })),
    text.map((value): StreamEvent => ({ type: 'content_block_delta', delta: { type: 'text_delta', text: value } })),
    text.map((value): StreamEvent => ({ type: 'content_block_delta', delta: { type: 'thinking_delta', thinking: value } })),
    text.map((value): StreamEvent => ({ type: 'content_block_delta', delta: { type: 'signature_delta', signature: value } })),
    fc.constant<StreamEvent>({ type: 'content_block_delta', delta: { type: 'input_json_delta', partial_json: '{}' } }),
    fc.constantFrom<StreamEvent>({ type: 'content_block_stop' }, { type: 'message_stop' }),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      const reader = createBlockReader();
      const told = [...events, { type: 'message_delta', delta: {} } as const].flatMap((each) => reader.read(each));
      checkBlocks([...told, { type: 'turn-end', reason: 'end_turn' }]);
      const kinds = foldTurn(told).answer.blocks.flatMap((each) => toContentBlock(each)?.type ?? []);
      expect(reader.blocks.map(({ type }) => type)).toEqual(kinds);
    }),
  );
});
