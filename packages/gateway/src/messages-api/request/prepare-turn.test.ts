import type { Turn } from '../../turn/turn.ts';
import { abilitiesOf } from '../model-abilities.ts';
import { prepareTurn, type PreparedTurn } from './prepare-turn.ts';
import { expect, test } from 'vitest';

const closed = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
const map = { type: 'object', additionalProperties: { type: 'string' } };
const look = { name: 'look', description: '', inputSchema: { type: 'object' }, strict: false };

function prepare(model: string, more: Partial<Turn> = {}): PreparedTurn {
  const turn: Turn = { model, system: [], messages: [], tools: [], sampling: {}, thinking: { type: 'off' }, tenant: '', ...more };
  return prepareTurn(turn, abilitiesOf(model, []));
}

test('a history of more messages than the API takes is refused, wherever it came from', () => {
  const message = { role: 'user', content: [{ type: 'text', text: 'x' }] } as const;
  const messagesOf = (length: number) => Array.from({ length }, () => message);
  expect(prepare('claude-opus-4-6', { messages: messagesOf(100_000) }).messages).toHaveLength(100_000);
  expect(() => prepare('claude-opus-4-6', { messages: messagesOf(100_001) })).toThrow(
    expect.objectContaining({ status: 400, code: 'context_length_exceeded', param: 'messages' }),
  );
});

test('a turn that asks for nothing special stays as it is', () => {
  const turn: Turn = {
    model: 'claude-opus-4-6',
    system: [{ type: 'text', text: 's' }],
    messages: [],
    tools: [look],
    sampling: { topK: 1 },
    thinking: { type: 'off' },
    tenant: 't',
  };
  expect(prepareTurn(turn, abilitiesOf(turn.model, []))).toEqual(turn);
});

test.each([
  ['claude-3-5-haiku-latest', { type: 'adaptive' }, { type: 'off' }],
  ['claude-3-5-haiku-latest', { type: 'budget', tokens: 2000 }, { type: 'off' }],
  ['claude-sonnet-4-5', { type: 'adaptive' }, { type: 'budget', tokens: 8192 }],
  ['claude-sonnet-4-5', { type: 'budget', tokens: 2000 }, { type: 'budget', tokens: 2000 }],
  ['claude-opus-4-6', { type: 'adaptive' }, { type: 'adaptive' }],
  ['claude-opus-4-6', { type: 'budget', tokens: 2000 }, { type: 'budget', tokens: 2000 }],
  ['claude-opus-4-7', { type: 'budget', tokens: 2000 }, { type: 'adaptive', display: 'summarized' }],
  ['claude-opus-5-5', { type: 'off' }, { type: 'off' }],
] as const)('%s thinks: %o is %o', (model, thinking, expected) => {
  expect(prepare(model, { thinking }).thinking).toEqual(expected);
});

test.each([
  [undefined, 'low', { type: 'budget', tokens: 2048 }],
  [undefined, 'max', { type: 'budget', tokens: 31_999 }],
  [4000, 'max', { type: 'budget', tokens: 3999 }],
  [1025, 'high', { type: 'budget', tokens: 1024 }],
  [1024, 'high', { type: 'off' }],
] as const)('an older model, of %s tokens, thinks by effort %s: %o', (maxOutputTokens, effort, expected) => {
  const sampling = maxOutputTokens === undefined ? {} : { maxOutputTokens };
  const prepared = prepare('claude-sonnet-4-5', { thinking: { type: 'adaptive' }, effort, sampling });
  expect(prepared.thinking).toEqual(expected);
  expect(prepared.effort).toBeUndefined();
});

test.each([
  ['claude-opus-4-5', 'max', 'high'],
  ['claude-opus-4-6', 'xhigh', 'high'],
  ['claude-opus-4-6', 'max', 'max'],
  ['claude-opus-4-7', 'xhigh', 'xhigh'],
  ['claude-haiku-4-5', 'low', undefined],
] as const)('%s has for effort %s: %s', (model, effort, expected) => {
  expect(prepare(model, { thinking: { type: 'adaptive' }, effort }).effort).toBe(expected);
});

test('a model that thinks until told otherwise is told, and then takes no more than high effort', () => {
  expect(prepare('claude-opus-5', { effort: 'max' })).toMatchObject({ tellThinkingOff: true, effort: 'high' });
  expect(prepare('claude-opus-5', { effort: 'max', thinking: { type: 'adaptive' } }).effort).toBe('max');
  expect(prepare('claude-opus-5-5')).not.toHaveProperty('tellThinkingOff');
});

test('a schema goes to constrained output where it can', () => {
  expect(prepare('claude-sonnet-4-5', { outputSchema: closed })).toMatchObject({ outputSchema: closed, tools: [] });
});

test.each([
  { what: 'a schema of any keys', model: 'claude-sonnet-4-6', outputSchema: map },
  { what: 'an older model', model: 'claude-sonnet-4', outputSchema: closed },
])('else to a tool that must be called: $what', ({ model, outputSchema }) => {
  const prepared = prepare(model, { outputSchema, thinking: { type: 'adaptive' } });
  expect(prepared).toMatchObject({
    answerTool: 'answer',
    toolChoice: { type: 'tool', name: 'answer', disableParallel: true },
    thinking: { type: 'off' },
  });
  expect(prepared.tools.map(({ name, inputSchema }) => [name, inputSchema])).toEqual([['answer', outputSchema]]);
  expect(prepared.outputSchema).toBeUndefined();
});

test('a model that takes no force is left to choose, and to think', () => {
  const prepared = prepare('claude-opus-5-5', { outputSchema: map, thinking: { type: 'adaptive' } });
  expect(prepared).toMatchObject({ answerTool: 'answer', thinking: { type: 'adaptive' } });
  expect(prepared.toolChoice).toBeUndefined();
});

test("the caller's tools stand beside it, in order, unless none may be called", () => {
  const tools = [look, { ...look, name: 'answer' }].toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const prepared = prepare('claude-sonnet-4', { outputSchema: closed, tools });
  expect(prepared.tools.map(({ name }) => name)).toEqual(['answer', 'answer_', 'look']);
  expect(prepared).toMatchObject({ answerTool: 'answer_', toolChoice: { type: 'any', disableParallel: true } });
  const none = prepare('claude-sonnet-4', { outputSchema: closed, tools, toolChoice: { type: 'none' } });
  expect(none.tools.map(({ name }) => name)).toEqual(['answer']);
  expect(none.toolChoice).toEqual({ type: 'tool', name: 'answer', disableParallel: true });
});

test('a tool takes an object', () => {
  const schema = { $defs: { a: closed }, $ref: '#/$defs/a' };
  expect(prepare('claude-sonnet-4', { outputSchema: schema }).tools[0]?.inputSchema).toEqual({ type: 'object', ...schema });
});
