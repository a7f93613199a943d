import { expect, test } from 'vitest';
import type { Message } from '../turn/message.ts';
import { webSha256 } from '../ports/sha256.ts';
import { continueHistory } from './enter-conversation.ts';
import { createMessageDigests } from './digest-history.ts';

const newOf = (earlier: readonly Message[], given: readonly Message[]) => continueHistory(earlier, given, createMessageDigests(webSha256));

const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });
const assistant = (text: string): Message => ({ role: 'assistant', content: [{ type: 'text', text }] });
const call: Message = { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: { x: 1, y: 2 } }] };
const result: Message = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: [] }] };
const earlier = [user('one'), assistant('two'), user('three'), assistant('four')];

test.each<[string, readonly Message[], readonly Message[], readonly Message[] | undefined]>([
  ['only what is new', earlier, [user('five')], [user('five')]],
  ['the whole history', earlier, [...earlier, user('five')], [user('five')]],
  ['the last answer, and what follows', earlier, [assistant('four'), user('five')], [user('five')]],
  ['the last exchange, and what follows', earlier, [user('three'), assistant('four'), user('five')], [user('five')]],
  ['a call as its own words, and its result', [user('one'), call], [call, result], [result]],
  ['only the result', [user('one'), call], [result], [result]],
  ['an example of an exchange', earlier, [user('x'), assistant('y'), user('z')], [user('x'), assistant('y'), user('z')]],
  ['anything in an empty conversation', [], [user('x'), assistant('y'), user('z')], [user('x'), assistant('y'), user('z')]],
  ['the first question once more', earlier, [user('one')], [user('one')]],
  ['an edited answer', earlier, [user('one'), assistant('TWO'), user('three')], undefined],
  ['an edited question', earlier, [user('one'), assistant('two'), user('THREE'), assistant('four'), user('five')], undefined],
  ['an earlier question, to be answered anew', earlier, [user('one'), assistant('two'), user('three')], undefined],
])('%s', async (_, own, given, added) => {
  expect(await newOf(own, given)).toEqual(added);
});

test('an answer is the same however it is written', async () => {
  const parts: Message = {
    role: 'assistant',
    content: [
      { type: 'thinking', thinking: 'hm', signature: 's' },
      { type: 'text', text: 'fo' },
      { type: 'text', text: 'ur' },
    ],
  };
  expect(await newOf([user('one'), parts], [user('one'), assistant('four'), user('five')])).toEqual([user('five')]);
  const rewritten: Message = { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: { y: 2, x: 1 } }] };
  expect(await newOf([user('one'), call], [user('one'), rewritten, result])).toEqual([result]);
});

test('what callers do not see makes no difference', async () => {
  const steps: Message[] = [assistant('did')];
  const stepped = earlier.map((message): Message => (message.role === 'user' ? message : { ...message, steps }));
  expect(await newOf(stepped, [...earlier, user('five')])).toEqual([user('five')]);
  const silent: Message = { role: 'assistant', content: [], steps };
  const both: Message = { role: 'user', content: [...user('zero').content, ...user('one').content] };
  const given = [both, assistant('two'), user('three')];
  expect(await newOf([user('zero'), silent, user('one'), assistant('two')], given)).toEqual([user('three')]);
});
