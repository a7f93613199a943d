import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { callBlock, textBlock, thinkingBlock } from './block-events.ts';
import { foldTurn, textOf, toContentBlock } from './fold-turn.ts';
import type { TurnEvent } from './turn-event.ts';
import { noUsage } from './usage.ts';

const start: TurnEvent = { type: 'turn-start', model: 'claude-x', messageId: 'msg_1', usage: { ...noUsage, inputTokens: 3 } };
const end: TurnEvent = { type: 'turn-end', reason: 'stop_sequence', stopSequence: '!' };

test('puts together what was said, done and spent', () => {
  const { answer } = foldTurn([
    start,
    ...thinkingBlock(0, ['h', 'm'], 'sig'),
    { type: 'activity-start', id: 'a', name: 'Read', input: { at: 1 } },
    { type: 'activity-start', id: 'b', name: 'Bash', input: {} },
    { type: 'activity-end', id: 'a', result: 'r', isError: false, denied: false },
    { type: 'block-start', index: 1, block: { type: 'text' }, itemId: 'msg_2' },
    { type: 'text-delta', index: 1, text: 'Hel' },
    { type: 'citation', index: 1, citation: { type: 'page_location' } },
    { type: 'text-delta', index: 1, text: 'lo' },
    { type: 'block-end', index: 1 },
    { type: 'usage', usage: { ...noUsage, outputTokens: 4 }, costUsd: 0.5 },
    end,
  ]);
  expect(answer).toMatchObject({ model: 'claude-x', messageId: 'msg_1', usage: { outputTokens: 4 }, costUsd: 0.5, end });
  expect(answer.activities).toEqual([
    { id: 'a', name: 'Read', input: { at: 1 }, result: 'r', status: 'completed' },
    { id: 'b', name: 'Bash', input: {}, result: '', status: 'failed' },
  ]);
  expect(answer.blocks.map(({ itemId }) => itemId)).toEqual([undefined, 'msg_2']);
  expect(answer.blocks.map(toContentBlock)).toEqual([
    { type: 'thinking', thinking: 'hm', signature: 'sig' },
    { type: 'text', text: 'Hello', extra: { citations: [{ type: 'page_location' }] } },
  ]);
  expect([textOf(answer, 'text'), textOf(answer, 'thinking')]).toEqual(['Hello', 'hm']);
});

test('a turn that is under way has an answer so far, and no end', () => {
  const fold = foldTurn();
  expect(fold.answer).toEqual({ model: '', usage: noUsage, end: undefined, blocks: [], activities: [] });
  for (const event of [start, ...textBlock(0, ['Hel', 'lo']).slice(0, 2)]) fold.add(event);
  expect(fold.answer).toMatchObject({ model: 'claude-x', usage: { inputTokens: 3 }, end: undefined, blocks: [{ text: 'Hel' }] });
});

test.each([
  [[], {}],
  [['{"a":', '[1]}'], { a: [1] }],
  [['{"a'], { INVALID_JSON: '{"a' }],
])('a call whose arguments are told as %j', (pieces, input) => {
  const [block] = foldTurn(callBlock(0, { id: 'toolu_1', name: 'f' }, pieces)).answer.blocks;
  expect(block && toContentBlock(block)).toEqual({ type: 'tool_use', id: 'toolu_1', name: 'f', input });
});

test('what is not interpreted is passed on, with the arguments that were told', () => {
  const block = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} };
  const { answer } = foldTurn([
    { type: 'block-start', index: 0, block: { type: 'other', block } },
    { type: 'input-delta', index: 0, json: '{"query":"x"}' },
    { type: 'block-end', index: 0 },
    { type: 'block-start', index: 1, block: { type: 'redacted_thinking', data: 'xyz' } },
    { type: 'block-end', index: 1 },
    ...textBlock(2, []),
  ]);
  expect(answer.blocks.map(toContentBlock)).toEqual([
    { type: 'other', block: { ...block, input: { query: 'x' } } },
    { type: 'redacted_thinking', data: 'xyz' },
    undefined,
  ]);
});

test('however the pieces are cut, the answer is the same', () => {
  const pieces = fc.array(fc.string());
  fc.assert(
    fc.property(pieces, pieces, (thoughts, texts) => {
      const { answer } = foldTurn([start, ...thinkingBlock(0, thoughts), ...textBlock(1, texts), end]);
      expect([textOf(answer, 'thinking'), textOf(answer, 'text')]).toEqual([thoughts.join(''), texts.join('')]);
    }),
  );
});
