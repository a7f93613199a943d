import { describe, expect, test } from 'vitest';
import { textBlock } from '../../turn/block-events.ts';
import { TooDear } from '../../json-schema/budget.ts';
import { plainTurn } from '../../testing/sample-turns.ts';
import type { Message } from '../../turn/message.ts';
import type { TurnEndReason, TurnEvent } from '../../turn/turn-event.ts';
import type { Turn } from '../../turn/turn.ts';
import { noUsage } from '../../turn/usage.ts';
import { checkOutput, repairOutput } from './check-output.ts';
import { createOutputCheck, type OutputCheck } from './create-output-check.ts';
import { transformTurn } from './transform-turn.ts';

const usage = { ...noUsage, inputTokens: 10, outputTokens: 5 };
const turn: Turn = { ...plainTurn, model: 'm', outputSchema: { type: 'object', required: ['a'] } };

function withOutputCheck(run: (each: Turn) => AsyncIterable<TurnEvent>, by: OutputCheck, streamed: boolean): AsyncIterable<TurnEvent> {
  return streamed ? transformTurn(run(turn), [checkOutput(turn, by)]) : repairOutput(turn, run, by);
}

interface Check {
  readonly events: TurnEvent[];
  readonly asked: Turn[];
  readonly error: unknown;
}

/** Runs with one answer for each attempt. */
async function check(
  answers: readonly (readonly [text: string, reason?: TurnEndReason])[],
  streamed = false,
  by = createOutputCheck(),
): Promise<Check> {
  const asked: Turn[] = [];
  const run = async function* (each: Turn): AsyncGenerator<TurnEvent, void, undefined> {
    const [text, reason = 'end_turn'] = answers[asked.length] ?? [''];
    asked.push(each);
    yield { type: 'turn-start', model: 'm', usage: noUsage };
    yield* textBlock(0, text.match(/.{1,3}/gs) ?? []);
    yield { type: 'usage', usage };
    yield { type: 'turn-end', reason };
  };
  const events: TurnEvent[] = [];
  let error: unknown;
  try {
    for await (const event of withOutputCheck(run, by, streamed)) events.push(event);
  } catch (thrown) {
    error = thrown;
  }
  return { events, asked, error };
}

const textOf = (events: readonly TurnEvent[]): string => events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
const misfit = { status: 502, code: 'invalid_structured_output', param: 'outputSchema' };

test.each([true, false])('an answer that fits is passed on; streamed: %s', async (streamed) => {
  const { events, asked, error } = await check([['{"a":1}']], streamed);
  expect(textOf(events)).toBe('{"a":1}');
  expect(events.slice(-2)).toEqual([
    { type: 'usage', usage },
    { type: 'turn-end', reason: 'end_turn' },
  ]);
  expect([asked.length, error]).toEqual([1, undefined]);
});

test('a misfit is asked to be repaired, in place, with the usage of both', async () => {
  const { events, asked } = await check([['{"b":1}'], ['{"a":1}']]);
  expect(textOf(events)).toBe('{"a":1}');
  expect(events.filter(({ type }) => type === 'turn-start')).toHaveLength(1);
  expect(events).toContainEqual({ type: 'usage', usage: { ...noUsage, inputTokens: 20, outputTokens: 10 } });
  expect(asked[1]?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  expect(asked[1]?.messages[1]?.content).toEqual([{ type: 'text', text: '{"b":1}' }]);
  expect(JSON.stringify(asked[1]?.messages[2])).toContain(String.raw`required property \"a\". Answer again`);
});

test('an empty answer is not told as one', async () => {
  const { asked, error } = await check([[' '], ['{"a":1}']]);
  expect(error).toBeUndefined();
  expect(asked[1]?.messages.map(({ role }) => role)).toEqual(['user']);
});

test('two misfits are an error, and nothing of them is passed on', async () => {
  const { events, asked, error } = await check([['no'], ['no'], ['{"a":1}']]);
  expect(textOf(events)).toBe('no');
  expect(events.some(({ type }) => type === 'turn-end')).toBe(false);
  expect(asked).toHaveLength(2);
  expect(error).toMatchObject(misfit);
});

test('what is streamed is not asked for again', async () => {
  const { events, asked, error } = await check([['no'], ['{"a":1}']], true);
  expect(textOf(events)).toBe('no');
  expect(events.some(({ type }) => type === 'turn-end')).toBe(false);
  expect(asked).toHaveLength(1);
  expect(error).toMatchObject(misfit);
});

test.each([true, false])('an answer that takes too long to check is an error at once; streamed: %s', async (streamed) => {
  const { asked, error } = await check([['[1]'], ['{"a":1}']], streamed, () => Promise.reject(new TooDear()));
  expect(asked).toHaveLength(1);
  expect(error).toMatchObject({ ...misfit, shouldRetry: false, message: expect.stringContaining('takes too long') });
});

test.each(['max_tokens', 'refusal', 'tool_use'] as const)('an answer that ended by %s is not checked', async (reason) => {
  for (const streamed of [true, false]) {
    const { events, asked, error } = await check([['{"a', reason]], streamed);
    expect(events.at(-1)).toEqual({ type: 'turn-end', reason });
    expect([asked.length, error]).toEqual([1, undefined]);
  }
});

describe('an agent', () => {
  const activity = (id: string): TurnEvent[] => [
    { type: 'activity-start', id, name: 'Write', input: {} },
    { type: 'activity-end', id, result: 'r', isError: false, denied: false },
  ];
  const did = (what: string): Message => ({ role: 'assistant', content: [{ type: 'text', text: what }] });

  async function work(attempts: readonly (readonly TurnEvent[])[], streamed: boolean): Promise<{ events: TurnEvent[]; asked: Turn[] }> {
    const asked: Turn[] = [];
    const run = async function* (each: Turn): AsyncGenerator<TurnEvent, void, undefined> {
      const events = attempts[asked.length] ?? [];
      asked.push(each);
      yield { type: 'turn-start', model: 'm', usage: noUsage };
      yield* events;
    };
    const events: TurnEvent[] = [];
    for await (const event of withOutputCheck(run, createOutputCheck(), streamed)) events.push(event);
    return { events, asked };
  }

  test.each([true, false])('is told as it is when its answer fits; streamed: %s', async (streamed) => {
    const told: TurnEvent[] = [
      ...activity('1'),
      ...textBlock(0, ['{"a":1}']),
      { type: 'usage', usage, costUsd: 0.5 },
      { type: 'turn-end', reason: 'end_turn', steps: [did('1')] },
    ];
    expect((await work([told], streamed)).events.slice(1)).toEqual(told);
  });

  test('that has to repair its answer has done what it did before, at its price', async () => {
    const first: TurnEvent[] = [
      ...activity('1'),
      ...textBlock(0, ['no']),
      { type: 'usage', usage, costUsd: 0.5 },
      { type: 'turn-end', reason: 'end_turn', steps: [did('1'), did('no')] },
    ];
    const second: TurnEvent[] = [...activity('2'), ...textBlock(0, ['{"a":1}']), { type: 'usage', usage, costUsd: 0.25 }];
    const plea = expect.objectContaining({ role: 'user' });
    for (const [end, last] of [
      [{ steps: [did('2')] }, did('2')],
      [{}, did('{"a":1}')],
    ] as const) {
      const { events, asked } = await work([first, [...second, { type: 'turn-end', reason: 'end_turn', ...end }]], false);
      expect(asked[1]?.messages[1]).toEqual({ ...did('no'), steps: [did('1'), did('no')] });
      expect(events).toEqual([
        { type: 'turn-start', model: 'm', usage: noUsage },
        ...activity('1'),
        ...activity('2'),
        ...textBlock(0, ['{"a":1}']),
        { type: 'usage', usage: { ...noUsage, inputTokens: 20, outputTokens: 10 }, costUsd: 0.75 },
        { type: 'turn-end', reason: 'end_turn', ...end, steps: [did('1'), did('no'), plea, last] },
      ]);
    }
  });
});
