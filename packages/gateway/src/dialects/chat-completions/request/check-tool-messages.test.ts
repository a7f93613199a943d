import { expect, test } from 'vitest';
import { checkToolMessages } from './check-tool-messages.ts';
import type { ChatMessage } from './request-schema.ts';

type Chat = Parameters<typeof checkToolMessages>[0];
const user: ChatMessage = { role: 'user', content: 'hi' };
const calls = (...ids: string[]): object => ({
  role: 'assistant',
  tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })),
});
const result = (id: string): object => ({ role: 'tool', tool_call_id: id, content: 'r' });
const check =
  (...chat: object[]) =>
  () =>
    checkToolMessages(chat as unknown as Chat);

test.each([
  ['no tools', [user, { role: 'assistant', content: 'hi' }, user]],
  ['one call', [user, calls('a'), result('a')]],
  ['several calls, answered in another order', [user, calls('a', 'b'), result('b'), result('a'), user]],
  ['the same id again in a later message', [user, calls('a'), result('a'), calls('a'), result('a')]],
  ['an empty list of calls', [user, { role: 'assistant', content: 'hi', tool_calls: [] }, user]],
])('is content with %s', (_, chat) => {
  expect(check(...chat)).not.toThrow();
});

test.each([
  ['a result without a call', [user, result('a')], 'messages[1].tool_call_id', "'a'"],
  ['a result for another id', [user, calls('a'), result('b')], 'messages[2].tool_call_id', "'b'"],
  ['a second result', [user, calls('a'), result('a'), result('a')], 'messages[3].tool_call_id', "'a'"],
  ['a call without its result before the next message', [user, calls('a', 'b'), result('a'), user], 'messages[3]', 'b'],
  ['a call without its result at the end', [user, calls('a')], 'messages[2]', 'a'],
  ['a result that comes too late', [user, calls('a'), user, result('a')], 'messages[2]', 'a'],
  ['two calls of the same id', [user, calls('a', 'a'), result('a')], 'messages[1].tool_calls', "'a'"],
])('refuses %s and says where', (_, chat, param, named) => {
  expect(check(...chat)).toThrow(expect.objectContaining({ status: 400, param, message: expect.stringContaining(named) }));
});
