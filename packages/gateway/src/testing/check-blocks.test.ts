import { expect, test } from 'vitest';
import { callBlock, textBlock, thinkingBlock } from '../turn/block-events.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import { noUsage } from '../turn/usage.ts';
import { checkBlocks } from './check-blocks.ts';

const usage: TurnEvent = { type: 'usage', usage: noUsage };
const end: TurnEvent = { type: 'turn-end', reason: 'end_turn' };

test('blocks one after another, with activities anywhere, are well', () => {
  const activity: TurnEvent = { type: 'activity-end', id: 'a', result: '', isError: false, denied: false };
  const [start, ...rest] = textBlock(1, ['a', 'b']);
  checkBlocks([...thinkingBlock(0, ['hm'], 's'), start!, activity, ...rest, ...callBlock(2, { id: 'c', name: 'f' }, []), usage, end]);
  checkBlocks([usage, end]);
});

test.each<[string, TurnEvent[]]>([
  ['a delta without a block', [{ type: 'text-delta', index: 0, text: 'a' }]],
  ['a delta after the end', [...textBlock(0, ['a']), { type: 'text-delta', index: 0, text: 'b' }]],
  ['a delta of another block', [...textBlock(0, ['a']).slice(0, 1), { type: 'text-delta', index: 1, text: 'b' }]],
  ['an index that is left out', [...textBlock(0, ['a']), ...textBlock(2, ['b'])]],
  ['an index that comes again', [...textBlock(0, ['a']), ...textBlock(0, ['b'])]],
  ['a first index that is not 0', textBlock(1, ['a'])],
  ['a block within a block', [...textBlock(0, ['a']).slice(0, 2), ...textBlock(1, ['b'])]],
  ['arguments of a text', [...textBlock(0, []).slice(0, 1), { type: 'input-delta', index: 0, json: '{' }]],
  ['a text that is open at the end', [...textBlock(0, ['a']).slice(0, 2), usage, end]],
  ['an end without a start', [{ type: 'block-end', index: 0 }]],
])('%s is not', (_, events) => {
  expect(() => checkBlocks(events)).toThrow('The contract of ClaudeRunner says that');
});
