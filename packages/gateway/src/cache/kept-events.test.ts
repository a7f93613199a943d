import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TurnEndReason, TurnEvent } from '../turn/turn-event.ts';
import { noUsage } from '../turn/usage.ts';
import { inBlocks, withoutBlocks, type ScriptEvent } from '../testing/script-blocks.ts';
import { toKeptEvents as toKept } from './kept-events.ts';

const usage = { ...noUsage, inputTokens: 3, outputTokens: 4 };
const start: TurnEvent = { type: 'turn-start', model: 'm', usage };
const text = (value: string): ScriptEvent => ({ type: 'text-delta', text: value });
const end = (reason: TurnEndReason = 'end_turn'): TurnEvent => ({ type: 'turn-end', reason });

const toKeptEvents = (events: readonly ScriptEvent[]): ScriptEvent[] | undefined => {
  const kept = toKept(inBlocks(events));
  return kept && withoutBlocks(kept);
};

test('neighbours of one kind become one, and no usage is kept', () => {
  expect(
    toKeptEvents([
      start,
      { type: 'thinking-delta', thinking: 'h' },
      { type: 'thinking-delta', thinking: 'm' },
      text('Hel'),
      text(''),
      text('lo'),
      { type: 'call', id: 'a', name: 'f' },
      { type: 'input-delta', json: '{"a"' },
      { type: 'input-delta', json: ':1}' },
      { type: 'call', id: 'b', name: 'f' },
      { type: 'call', id: 'c', name: 'f' },
      { type: 'input-delta', json: '{}' },
      { type: 'usage', usage },
      { type: 'turn-end', reason: 'tool_use' },
    ]),
  ).toEqual([
    { type: 'turn-start', model: 'm', usage: noUsage },
    { type: 'thinking-delta', thinking: 'hm' },
    text('Hello'),
    { type: 'call', id: 'a', name: 'f' },
    { type: 'input-delta', json: '{"a":1}' },
    { type: 'call', id: 'b', name: 'f' },
    { type: 'call', id: 'c', name: 'f' },
    { type: 'input-delta', json: '{}' },
    { type: 'turn-end', reason: 'tool_use' },
  ]);
});

test.each<[string, ScriptEvent[]]>([
  ['cut by its length', [start, text('a'), end('max_tokens')]],
  ['refused', [start, text('a'), end('refusal')]],
  ['without an end', [start, text('a')]],
  ['of nothing', []],
  ['empty', [start, end()]],
  ['of spaces', [start, text(' '), text('\n'), end()]],
  ['that took doing', [start, { type: 'activity-start', id: '1', name: 'Read', input: {} }, text('a'), end()]],
  ['of thoughts alone', [start, { type: 'thinking-delta', thinking: 'hm' }, end()]],
])('an answer is not kept that is %s', (_, events) => {
  expect(toKeptEvents(events)).toBeUndefined();
});

test.each<TurnEndReason>(['end_turn', 'stop_sequence', 'tool_use'])('an answer is kept that ended by %s', (reason) => {
  expect(toKeptEvents([start, text('a'), end(reason)])).toHaveLength(3);
});

test('the texts stay the same however they were cut', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (pieces) => {
      const kept = toKeptEvents([start, text('a'), ...pieces.map(text), end()]);
      expect(kept?.slice(1, -1)).toEqual([text(`a${pieces.join('')}`)]);
    }),
  );
});
