import { expect, test } from 'vitest';
import { toItems } from '../../conversations/to-items.ts';
import { toKeptAnswer } from '../../conversations/fold-answer.ts';
import { inBlocks, type ScriptEvent } from '../../testing/index.ts';
import { callBlock, textBlock, thinkingBlock } from '../../turn/block-events.ts';
import { foldTurn } from '../../turn/fold-turn.ts';
import type { Message } from '../../turn/message.ts';
import type { TurnEvent } from '../../turn/turn-event.ts';
import { withItemIds } from './with-item-ids.ts';

const act: ScriptEvent[] = [
  { type: 'activity-start', id: 'a', name: 'Read', input: {} },
  { type: 'activity-end', id: 'a', result: '', isError: false, denied: false },
];

function withIds(events: readonly TurnEvent[]): TurnEvent[] {
  const transform = withItemIds();
  return events.flatMap((event) => transform(event) as TurnEvent[]);
}

/** The ids of the blocks by their kinds, numbered as they come. */
function idsOf(events: readonly ScriptEvent[]): string[] {
  const seen: string[] = [];
  return withIds(inBlocks(events)).flatMap((event) => {
    if (event.type !== 'block-start') return [];
    const id = event.itemId ?? 'none';
    if (!seen.includes(id)) seen.push(id);
    return [`${id.split('_')[0]}${seen.indexOf(id)}`];
  });
}

test.each<[string, ScriptEvent[], string[]]>([
  [
    'thinking, text and calls are items',
    [...thinkingBlock(0, ['hm']), ...textBlock(1, ['a']), ...callBlock(2, { id: 'c', name: 'f' }, [])],
    ['rs0', 'msg1', 'fc2'],
  ],
  ['neighbouring texts are one', [...textBlock(0, ['a']), ...textBlock(1, ['b'])], ['msg0', 'msg0']],
  [
    'neighbouring reasoning is one',
    [...thinkingBlock(0, ['a']), ...thinkingBlock(1, ['b']), ...textBlock(2, ['c'])],
    ['rs0', 'rs0', 'msg1'],
  ],
  ['each call is one', [...callBlock(0, { id: 'c', name: 'f' }, []), ...callBlock(1, { id: 'd', name: 'f' }, [])], ['fc0', 'fc1']],
  ['thinking parts texts', [...textBlock(0, ['a']), ...thinkingBlock(1, ['b']), ...textBlock(2, ['c'])], ['msg0', 'rs1', 'msg2']],
  [
    'a call parts texts',
    [...textBlock(0, ['a']), ...callBlock(1, { id: 'c', name: 'f' }, []), ...textBlock(2, ['b'])],
    ['msg0', 'fc1', 'msg2'],
  ],
  [
    'the texts of an agent are one',
    [...textBlock(0, ['a']), ...act, ...thinkingBlock(1, ['b']), ...textBlock(2, ['c'])],
    ['msg0', 'rs1', 'msg0'],
  ],
])('%s', (_, events, expected) => {
  expect(idsOf(events)).toEqual(expected);
});

test.each<[string, ScriptEvent[], Message[] | undefined, string[]]>([
  [
    'calls',
    [...thinkingBlock(0, ['hm'], 's'), ...textBlock(1, ['a']), ...callBlock(2, { id: 'c', name: 'f' }, [])],
    undefined,
    ['rs', 'msg', 'fc'],
  ],
  ['text alone', [...thinkingBlock(0, ['hm'], 's'), ...textBlock(1, ['a']), ...textBlock(2, ['b'])], undefined, ['msg']],
  [
    'an agent',
    [...textBlock(0, ['a']), ...act, ...textBlock(1, ['b'])],
    [{ role: 'assistant', content: [{ type: 'text', text: 'b' }] }],
    ['msg'],
  ],
])('what is kept has the ids that were told: %s', (_, events, steps, prefixes) => {
  const told = withIds(inBlocks([...events, { type: 'turn-end', reason: 'end_turn', ...(steps && { steps }) }]));
  const { message, ids } = toKeptAnswer(foldTurn(told).answer);
  const items = toItems([message], { ids });
  expect(items.map(({ id }) => id.split('_')[0])).toEqual(prefixes);
  const toldIds = told.flatMap((event) => (event.type === 'block-start' ? (event.itemId ?? []) : []));
  expect(toldIds).toEqual(expect.arrayContaining(items.map(({ id }) => id)));
});
