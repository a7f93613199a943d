import { expect, test } from 'vitest';
import type { OpenMessage } from '../turn-request.ts';
import { withDistinctCalls } from './with-distinct-calls.ts';

const calls = (...ids: string[]): OpenMessage => ({
  role: 'assistant',
  content: ids.map((id) => ({ type: 'tool_use', id, name: 'a', input: {} })),
  place: '',
});
const result = (id: string, name?: string): OpenMessage => ({
  role: 'user',
  content: [{ type: 'tool_result', tool_use_id: id, content: [], place: '', ...(name !== undefined && { name }) }],
  place: '',
});
/** Of an answer its calls, of a user's message its result. */
function idsIn({ role, content }: OpenMessage): unknown {
  const ids = content.flatMap((block) =>
    block.type === 'tool_use' ? [block.id] : block.type === 'tool_result' ? [block.tool_use_id] : [],
  );
  return role === 'assistant' ? ids : ids[0];
}

const idsOf = (messages: readonly OpenMessage[], earlier: readonly (readonly [string, string])[] = []): unknown[] =>
  withDistinctCalls(messages, new Map(earlier)).map(idsIn);

test.each<[string, OpenMessage[], unknown[]]>([
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
  expect(
    idsOf(
      [result(''), result('')],
      [
        ['x', 'f'],
        ['y', 'g'],
      ],
    ),
  ).toEqual(['x', 'y']);
});

test('a result that names a tool is that of its first open call', () => {
  const earlier = [
    ['x', 'f'],
    ['y', 'g'],
    ['z', 'g'],
  ] as const;
  expect(idsOf([result('', 'g'), result('', 'g'), result('', 'f'), result('', 'g')], earlier)).toEqual(['y', 'z', 'x', '']);
});

test('many calls of one message take no longer each than few', () => {
  const ids = Array.from({ length: 40_000 }, () => '');
  const startedAt = performance.now();
  const [first, ...rest] = idsOf([calls(...ids), ...ids.map((id) => result(id))]);
  expect(rest).toEqual(first);
  expect(performance.now() - startedAt).toBeLessThan(60_000);
});
