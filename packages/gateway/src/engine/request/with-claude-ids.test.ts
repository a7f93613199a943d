import { expect, test } from 'vitest';
import type { OpenMessage } from '../turn-request.ts';
import { withClaudeIds } from './with-claude-ids.ts';

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

const idsOf = (messages: readonly OpenMessage[]): unknown[] => withClaudeIds(messages).map(idsIn);

test("Claude's own ids stay, and so does everything else", () => {
  const chat: OpenMessage[] = [
    { role: 'user', content: [{ type: 'text', text: 'hi' }], place: '' },
    calls('toolu_1', 'call_2-b'),
    result('call_2-b'),
    result('toolu_1'),
    { role: 'assistant', content: [{ type: 'text', text: 'x' }], place: '' },
  ];
  expect(withClaudeIds(chat)).toEqual(chat);
});

test('what Claude does not take is replaced, also where that makes two of one', () => {
  expect(idsOf([calls('f.a:0', 'f_a_0', 'ü'), result('f_a_0'), result('ü'), result('f.a:0')])).toEqual([
    ['f_a_0', 'f_a_0x2', '_'],
    'f_a_0x2',
    '_',
    'f_a_0',
  ]);
});

test('ids that begin anew with each message become different ones', () => {
  expect(idsOf([calls('0', '1'), result('0'), result('1'), calls('0'), result('0'), calls('0'), result('0')])).toEqual([
    ['0', '1'],
    '0',
    '1',
    ['0x2'],
    '0x2',
    ['0x3'],
    '0x3',
  ]);
});

test('many of one id take no longer each than few', () => {
  const chat = Array.from({ length: 40_000 }, () => [calls('a'), result('a')]).flat();
  expect(new Set(idsOf(chat).flat()).size).toBe(40_000);
});

test('no id is another with a number behind it: the CLI would take them for one', () => {
  expect(idsOf([calls('call'), result('call'), calls('call_1'), result('call_1')])).toEqual([['call'], 'call', ['call_1x2'], 'call_1x2']);
  expect(idsOf([calls('a_0_2', 'a_0'), result('a_0'), result('a_0_2')])).toEqual([['a_0_2', 'a_0x2'], 'a_0x2', 'a_0_2']);
  expect(idsOf([calls('call_1', 'call_2')])).toEqual([['call_1', 'call_2']]);
});
