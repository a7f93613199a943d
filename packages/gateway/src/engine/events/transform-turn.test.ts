import { expect, test } from 'vitest';
import { textBlock } from '../../turn/block-events.ts';
import type { TurnEvent } from '../../turn/turn-event.ts';
import { noUsage } from '../../turn/usage.ts';
import { transformTurn, type TurnTransform } from './transform-turn.ts';

const end: TurnEvent = { type: 'turn-end', reason: 'end_turn' };
const whole: TurnEvent[] = [
  { type: 'turn-start', model: 'm', usage: noUsage },
  ...textBlock(0, ['a', 'b']),
  { type: 'usage', usage: noUsage },
  end,
];

/** Says when it was left, and when the turn was over. */
function setUp(transforms: readonly TurnTransform[], events: readonly TurnEvent[] = whole, error?: Error) {
  const log: string[] = [];
  async function* source(): AsyncGenerator<TurnEvent, void, undefined> {
    try {
      yield* events;
      if (error !== undefined) throw error;
    } finally {
      log.push('left');
    }
  }
  const turn = transformTurn(source(), transforms, async () => void log.push('over'));
  const types = async (): Promise<string[]> => {
    const gathered: string[] = [];
    for await (const event of turn) gathered.push(event.type === 'text-delta' ? event.text : event.type);
    return gathered;
  };
  return { log, turn, types };
}

const twice: TurnTransform = (event) => (event.type === 'text-delta' ? [event, event] : [event]);
const noStart: TurnTransform = (event) => (event.type === 'turn-start' ? [] : [event]);
const upper: TurnTransform = (event) => [event.type === 'text-delta' ? { ...event, text: event.text.toUpperCase() } : event];
const later: TurnTransform = (event) => (event.type === 'turn-end' ? Promise.resolve([event]) : [event]);

test('transforms take events one after another, and each what the one before it gave', async () => {
  const { types, log } = setUp([noStart, twice, later, upper]);
  expect(await types()).toEqual(['block-start', 'A', 'A', 'B', 'B', 'block-end', 'usage', 'turn-end']);
  expect(log).toEqual(['left', 'over']);
});

test('the end is told only once what waits for it is done', async () => {
  let isDone = false;
  const waits: TurnTransform = async (event) => {
    if (event.type === 'turn-end') await new Promise((resolve) => setTimeout(resolve, 5));
    isDone = event.type === 'turn-end';
    return [event];
  };
  for await (const event of setUp([waits]).turn) if (event.type === 'turn-end') expect(isDone).toBe(true);
});

test('one that ends the turn has the rest left, after its end was told', async () => {
  const cut: TurnTransform = (event) => (event.type === 'text-delta' ? [event, { type: 'block-end', index: 0 }, end] : [event]);
  const { turn, log } = setUp([cut]);
  const seen: string[] = [];
  for await (const event of turn) {
    seen.push(event.type);
    if (event.type === 'turn-end') expect(log).toEqual([]);
  }
  expect(seen).toEqual(['turn-start', 'block-start', 'text-delta', 'block-end', 'turn-end']);
  expect(log).toEqual(['left', 'over']);
});

test.each<[string, TurnTransform]>([
  [
    'at once',
    () => {
      throw new Error('no');
    },
  ],
  ['later', () => Promise.reject(new Error('no'))],
])('one that fails %s ends the turn, which is left', async (_, fails) => {
  const { types, log } = setUp([fails]);
  await expect(types()).rejects.toThrow('no');
  expect(log).toEqual(['left', 'over']);
});

test('a turn that fails is over, and so is one that is left', async () => {
  const failed = setUp([upper], whole.slice(0, 3), new Error('broken'));
  await expect(failed.types()).rejects.toThrow('broken');
  expect(failed.log).toEqual(['left', 'over']);
  const left = setUp([upper]);
  for await (const event of left.turn) if (event.type === 'text-delta') break;
  expect(left.log).toEqual(['left', 'over']);
});

test('nothing runs before it is read', async () => {
  let isRun = false;
  transformTurn({ [Symbol.asyncIterator]: () => ((isRun = true), (async function* () {})()) }, [upper]);
  await new Promise((resolve) => setTimeout(resolve));
  expect(isRun).toBe(false);
});
