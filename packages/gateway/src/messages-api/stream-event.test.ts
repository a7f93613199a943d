import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPiece, streamEventSchema } from './stream-event.ts';

const value = fc.oneof(
  { weight: 3, arbitrary: fc.string() },
  fc.constant(null),
  fc.constant(undefined),
  fc.integer(),
  fc.constant([]),
  fc.constant({}),
);
const delta = fc.record(
  { type: value, text: value, thinking: value, signature: value, partial_json: value, citation: value, other: value },
  { requiredKeys: [] },
);
const event = fc.record(
  {
    type: fc.oneof({ weight: 5, arbitrary: fc.constant('content_block_delta') }, value),
    index: value,
    delta: fc.oneof({ weight: 5, arbitrary: delta }, value),
  },
  { requiredKeys: [] },
);

test('reads pieces as the schema does, or leaves them to it', () => {
  fc.assert(
    fc.property(event, (given) => {
      const piece = readPiece(given);
      if (piece !== undefined) expect(piece).toEqual(streamEventSchema.parse(given));
    }),
    { numRuns: 500 },
  );
});

test.each([
  { type: 'text_delta', text: ' word' },
  { type: 'thinking_delta', thinking: 'Hm', estimated_tokens: 3 },
  { type: 'signature_delta', signature: 'abc' },
  { type: 'input_json_delta', partial_json: '{"a":' },
  { type: 'of_the_future' },
])('needs no schema for %j', (piece) => {
  const given = { type: 'content_block_delta', index: 3, delta: piece };
  expect(readPiece(given)).toEqual(streamEventSchema.parse(given));
});

test.each([
  null,
  [],
  'text',
  { type: 'message_stop' },
  { type: 'content_block_delta' },
  { type: 'content_block_delta', delta: { text: 'a' } },
])('is not asked for %j', (given) => {
  expect(readPiece(given)).toBeUndefined();
});
