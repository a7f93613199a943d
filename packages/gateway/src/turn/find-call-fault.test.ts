import { expect, test } from 'vitest';
import { findCallFault } from './find-call-fault.ts';

type Messages = Parameters<typeof findCallFault>[0];
type Given = Omit<Messages[number], 'place'>;
const user: Given = { role: 'user', content: [{ type: 'text' }] };
const system: Given = { role: 'system', content: [{ type: 'text' }] };
const said: Given = { role: 'assistant', content: [{ type: 'text' }] };
const calls = (...ids: string[]): Given => ({ role: 'assistant', content: ids.map((id) => ({ type: 'tool_use', id })) });
const result = (id: string): Given => ({ role: 'user', content: [{ type: 'tool_result', tool_use_id: id, place: `of ${id}` }] });
/** Results and what the user says behind them, as one message. */
const results = (...ids: string[]): Given => ({ role: 'user', content: [...ids.flatMap((id) => result(id).content), { type: 'text' }] });
const placed = (messages: readonly Given[]): Messages => messages.map((message, index) => ({ ...message, place: `${index}` }));

test.each<[string, Given[]]>([
  ['no tools', [user, said, user]],
  ['one call', [user, calls('a'), result('a')]],
  ['several calls, answered in another order', [user, calls('a', 'b'), result('b'), result('a'), user]],
  ['several calls, answered in one message that says more', [user, calls('a', 'b'), results('b', 'a'), said]],
  ['the same id again in a later message', [user, calls('a'), result('a'), calls('a'), result('a')]],
  ['a system message between a call and its result', [user, calls('a', 'b'), system, result('a'), system, result('b')]],
])('is content with %s', (_, messages) => {
  expect(findCallFault(placed(messages))).toBeUndefined();
});

test.each<[string, Given[], object]>([
  ['a result without a call', [user, result('a')], { type: 'unexpected', id: 'a', place: 'of a' }],
  ['a result for another id', [user, calls('a'), result('b')], { type: 'unexpected', id: 'b', place: 'of b' }],
  ['a second result', [user, calls('a'), result('a'), result('a')], { type: 'unexpected', id: 'a', place: 'of a' }],
  [
    'a call without its result before the next message',
    [user, calls('a', 'b'), result('a'), user],
    { type: 'unanswered', ids: ['b'], isAtEnd: false, place: '3' },
  ],
  [
    'one that is answered in part',
    [user, calls('a', 'b'), results('a'), said],
    { type: 'unanswered', ids: ['b'], isAtEnd: false, place: '2' },
  ],
  ['a call without its result at the end', [user, calls('a', 'b')], { type: 'unanswered', ids: ['a', 'b'], isAtEnd: true, place: '1' }],
  ['a result that comes too late', [user, calls('a'), user, result('a')], { type: 'unanswered', ids: ['a'], isAtEnd: false, place: '2' }],
  ['two calls of the same id', [user, calls('a', 'a'), result('a')], { type: 'twice', id: 'a', place: '1' }],
])('finds %s and says where', (_, messages, fault) => {
  expect(findCallFault(placed(messages))).toEqual(fault);
});

test('results may still be to come, for calls before and those at the end', () => {
  expect(findCallFault([result('a')], { earlier: ['a'] })).toBeUndefined();
  expect(findCallFault([user], { earlier: ['a'] })).toMatchObject({ type: 'unanswered', ids: ['a'] });
  expect(findCallFault([user, calls('a', 'b'), result('a')], { mayWait: true })).toBeUndefined();
  expect(findCallFault([user, calls('a'), said, user], { mayWait: true })).toMatchObject({ type: 'unanswered', ids: ['a'] });
});
