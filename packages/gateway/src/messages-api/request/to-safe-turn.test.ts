import type { Turn } from '../../turn/turn.ts';
import type { TurnEvent } from '../../turn/turn-event.ts';
import { callBlock, textBlock } from '../../turn/block-events.ts';
import { createKeyRenamer } from './create-key-renamer.ts';
import { toSafeNames } from './safe-names.ts';
import { toSafeTurn } from './to-safe-turn.ts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

const string = { type: 'string' };
const schema = {
  type: 'object',
  properties: {
    'filter[id]': string,
    filter_id_: string,
    ok: { type: 'object', properties: { 'a b': { ...string, description: 'D' } } },
    größe: { $ref: '#/properties/filter[id]' },
  },
  required: ['filter[id]', 'ok'],
};
const renamed = {
  type: 'object',
  properties: {
    filter_id__2: { ...string, description: 'filter[id]' },
    filter_id_: string,
    ok: { type: 'object', properties: { a_b: { ...string, description: 'D (a b)' } } },
    gr__e: { $ref: '#/properties/filter_id__2', description: 'größe' },
  },
  required: ['filter_id__2', 'ok'],
};

test('names that the API refuses have others, each its own', () => {
  expect(toSafeNames(schema)?.schema).toEqual(renamed);
  expect(toSafeNames({ type: 'object', properties: { ok: string, 'a-b.c_D9': string }, default: { 'a b': 1 } })).toBeUndefined();
  const odd = toSafeNames({ properties: { '': string, ['x'.repeat(65)]: string, ['x'.repeat(66)]: string, '😀': string, $ref: string } });
  expect(Object.keys(Object(odd?.schema['properties']))).toSatisfy(
    (names: string[]) => names.every((name) => /^[\w.-]{1,64}$/.test(name)) && names.length === 5,
  );
});

/** Runs a turn under safe names. */
async function* withSafeNames(turn: Turn, run: (turn: Turn) => AsyncIterable<TurnEvent>): AsyncGenerator<TurnEvent> {
  const { turn: safe, restore } = toSafeTurn(turn);
  for await (const event of run(safe)) yield* restore(event);
}

async function gather(events: AsyncIterable<TurnEvent>): Promise<TurnEvent[]> {
  const gathered: TurnEvent[] = [];
  for await (const event of events) gathered.push(event);
  return gathered;
}

const tool = { name: 't', description: '', inputSchema: schema, strict: false };
const other = { name: 'u', description: '', inputSchema: { type: 'object', properties: {} }, strict: false };
const turn: Turn = {
  model: 'm',
  system: [],
  messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: '1', name: 't', input: { 'filter[id]': 'x', ok: [{ 'a b': 1 }] } }] }],
  tools: [tool, other],
  sampling: {},
  thinking: { type: 'off' },
  tenant: '',
};

test("the API hears its names, the caller the caller's", async () => {
  let heard: Turn | undefined;
  const json = '{"filter_id__2": "filter_id__2", "n": 12345678901234567890, "ok": [{"a_b" : "{\\"a_b\\":1}"}], "filter_id_": 1.50}';
  const run = async function* (asked: Turn): AsyncGenerator<TurnEvent> {
    heard = asked;
    yield* callBlock(0, { id: '1', name: 't' }, Array.from(json));
    yield* callBlock(1, { id: '2', name: 'u' }, ['{"a_b":1}']);
    yield* callBlock(2, { id: '3', name: 't' }, ['{"a_']);
    const content = [{ type: 'tool_use' as const, id: '1', name: 't', input: { filter_id__2: { a_b: 1 } } }];
    yield { type: 'turn-end', reason: 'tool_use', steps: [{ role: 'assistant', content }] };
  };
  const events = await gather(withSafeNames(turn, run));
  expect(heard?.tools).toEqual([{ ...tool, inputSchema: renamed }, other]);
  expect(heard?.messages[0]?.content).toEqual([{ type: 'tool_use', id: '1', name: 't', input: { filter_id__2: 'x', ok: [{ a_b: 1 }] } }]);
  const calls = events.map((event) => (event.type === 'block-start' ? '|' : event.type === 'input-delta' ? event.json : '')).join('');
  expect(calls).toBe(`|${json.replace('"filter_id__2": ', '"filter[id]": ').replace('"a_b" :', '"a b" :')}|{"a_b":1}|{"a_`);
  const content = [{ type: 'tool_use', id: '1', name: 't', input: { 'filter[id]': { 'a b': 1 } } }];
  expect(events.at(-1)).toEqual({ type: 'turn-end', reason: 'tool_use', steps: [{ role: 'assistant', content }] });
});

test("an answer that must fit a schema has the caller's names", async () => {
  let heard: Turn | undefined;
  const run = async function* (asked: Turn): AsyncGenerator<TurnEvent> {
    heard = asked;
    yield* textBlock(0, ['{"a_', 'b": "a_b"', '}']);
    yield { type: 'turn-end', reason: 'end_turn' };
  };
  const events = await gather(
    withSafeNames({ ...turn, tools: [], messages: [], outputSchema: { type: 'object', properties: { 'a b': string } } }, run),
  );
  expect(heard?.outputSchema).toMatchObject({ properties: { a_b: {} } });
  expect(events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')).toBe('{"a b": "a_b"}');
  expect(events.at(-2)).toEqual({ type: 'block-end', index: 0 });
});

test('a turn without such names is run as it is', () => {
  const plain = { ...turn, tools: [other] };
  const word: TurnEvent = { type: 'text-delta', index: 0, text: 'Hi' };
  const { turn: safe, restore } = toSafeTurn(plain);
  expect(safe).toBe(plain);
  expect(restore(word)).toEqual([word]);
});

test('keys are renamed wherever the text is cut, and nothing else is', () => {
  const names = new Map([
    ['a', 'A"'],
    ['b c', 'B'],
  ]);
  const key = fc.constantFrom('a', 'b c', 'c', 'a"', '\\a');
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      key,
      fc.integer(),
      fc.array(tie('value')),
      fc.dictionary(key, tie('value'), { noNullPrototype: true }),
    ),
  }));
  const expected = (each: unknown): unknown => {
    if (Array.isArray(each)) return each.map(expected);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([name, inner]) => [names.get(name) ?? name, expected(inner)]));
  };
  fc.assert(
    fc.property(value, fc.nat(2), fc.integer({ min: 1, max: 9 }), (each, indent, size) => {
      const json = JSON.stringify(each, undefined, indent);
      const renamer = createKeyRenamer(names);
      const pieces = json.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      const result = pieces.map((piece) => renamer.push(piece)).join('') + renamer.end();
      expect(result).toBe(JSON.stringify(expected(each), undefined, indent));
    }),
  );
});

test('sixty thousand such names take little time, and stay apart', () => {
  const names = Array.from({ length: 60_000 }, (_, index) => `${'@'.repeat(60)}${index}`);
  const safe = toSafeNames({ properties: Object.fromEntries(['x@', 'x#', 'x@2', 'x_@2', ...names].map((name) => [name, {}])) })?.safe;
  expect(new Set(safe?.values()).size).toBe(60_004);
});
