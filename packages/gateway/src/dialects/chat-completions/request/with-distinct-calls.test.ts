import { expect, test } from 'vitest';
import type { ChatMessage } from './request-schema.ts';
import { withDistinctCalls } from './with-distinct-calls.ts';

const calls = (...ids: string[]): ChatMessage => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map((id) => ({ id, function: { name: 'a', arguments: '' } })),
});
const result = (id: string): ChatMessage => ({ role: 'tool', tool_call_id: id, content: id });
const idsOf = (chat: readonly ChatMessage[], earlier?: Iterable<string>): unknown[] =>
  withDistinctCalls(chat, earlier).map((message) =>
    message.role === 'tool' ? message.tool_call_id : message.role === 'assistant' ? message.tool_calls?.map(({ id }) => id) : undefined,
  );

test.each<[string, ChatMessage[], unknown[]]>([
  ['distinct ids stay, in whatever order', [calls('a', 'b'), result('b'), result('a')], [['a', 'b'], 'b', 'a']],
  ['empty ids', [calls('', ''), result(''), result('')], [['call_0_0', 'call_0_1'], 'call_0_0', 'call_0_1']],
  ['one id twice', [calls('f', 'f'), result('f'), result('f')], [['call_0_0', 'call_0_1'], 'call_0_0', 'call_0_1']],
  [
    'both, and one of its own',
    [calls('f', '', 'g', 'f', ''), result('f'), result('g'), result('f'), result(''), result('')],
    [['call_0_0', 'call_0_1', 'g', 'call_0_3', 'call_0_4'], 'call_0_0', 'g', 'call_0_3', 'call_0_1', 'call_0_4'],
  ],
  ['results without ids for calls with them', [calls('a', 'b'), result(''), result('')], [['a', 'b'], 'a', 'b']],
  ['the same id anew in each message', [calls('a'), result('a'), calls('a'), result('a')], [['a'], 'a', ['a'], 'a']],
  ['a result too many', [calls('f', 'f'), result('f'), result('f'), result('f')], [['call_0_0', 'call_0_1'], 'call_0_0', 'call_0_1', 'f']],
  ['a result of another', [calls(''), result('x')], [['call_0_0'], 'x']],
  ['nothing to answer', [result('')], ['']],
])('%s', (_, chat, expected) => {
  expect(idsOf(chat)).toEqual(expected);
});

test('calls from before these messages are answered in their order', () => {
  expect(idsOf([result(''), result('')], ['x', 'y'])).toEqual(['x', 'y']);
});

test('many calls of one message take no longer each than few', () => {
  const ids = Array.from({ length: 40_000 }, () => '');
  const startedAt = performance.now();
  const [first, ...rest] = idsOf([calls(...ids), ...ids.map(result)]);
  expect(rest).toEqual(first);
  expect(performance.now() - startedAt).toBeLessThan(5000);
});
