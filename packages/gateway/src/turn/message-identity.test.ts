import { expect, test } from 'vitest';
import type { ContentBlock, TextBlock } from './content-block.ts';
import { canonicalMessage, identifyingMessage } from './message-identity.ts';
import type { Message } from './message.ts';

const call = (id: string): ContentBlock => ({ type: 'tool_use', id, name: 'get_weather', input: { city: 'Oslo' } });
const text = (said: string): TextBlock => ({ type: 'text', text: said });
const told = (...content: ContentBlock[]): string => JSON.stringify(identifyingMessage({ role: 'assistant', content }));
const result = (id: string): string =>
  JSON.stringify(identifyingMessage({ role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: [text('cold')] }] }));

test.each(['toolu_01AbC', 'call_9f8e7d6c5b4a39281706'])('a call is known by its id %s, whatever stands beside it', (id) => {
  expect(told(text('I look.'), call(id))).toBe(told(call(id)));
  expect(told(text('Thought: look'), call(id))).toBe(told(call(id)));
  expect(told(call(id.replaceAll('_', '')))).toBe(told(call(id)));
  expect(result(id.replaceAll('_', ''))).toBe(result(id));
});

test('an id that anybody could make up says nothing, and neither does a call with other arguments', () => {
  expect(told(text('I look.'), call('call_1'))).not.toBe(told(call('call_1')));
  expect(told(call('toolu_1'))).not.toBe(told(call('toolu_2')));
  expect(told(call('toolu_1'))).not.toBe(told({ ...call('toolu_1'), input: {} } as ContentBlock));
});

test('a text without a call is what it is', () => {
  expect(told(text('one'))).not.toBe(told(text('two')));
});

const user = (...content: ContentBlock[]): Message => ({ role: 'user', content });
const assistant = (...content: ContentBlock[]): Message => ({ role: 'assistant', content });
const asText = (message: Message): string => JSON.stringify(canonicalMessage(message));

test('an answer is the same without its thinking, in how many texts so ever, with arguments in any order', () => {
  const thought: ContentBlock = { type: 'thinking', thinking: 'hm', signature: 'c2ln' };
  const hidden: ContentBlock = { type: 'redacted_thinking', data: 'x' };
  const use = (input: Record<string, unknown>): ContentBlock => ({ type: 'tool_use', id: 'c', name: 't', input });
  const plain = asText(assistant(text('Hello'), use({ a: 1, b: { c: [2], d: 3 } })));
  expect(asText({ ...assistant(thought, text('Hel'), hidden, text('lo'), use({ b: { d: 3, c: [2] }, a: 1 })), model: 'claude' })).toBe(
    plain,
  );
  expect(asText(assistant(text('Hello'), use({ a: 1, b: { c: [3], d: 3 } })))).not.toBe(plain);
  expect(asText(assistant(text('Hello '), use({ a: 1, b: { c: [2], d: 3 } })))).not.toBe(plain);
});

test('a question is the same however its keys are ordered, but not with other parts', () => {
  const source = { type: 'base64', media_type: 'image/png', data: 'AAAA' } as const;
  const plain = asText(user({ type: 'image', source }, text('what?')));
  const turned: ContentBlock = { source: { data: 'AAAA', media_type: 'image/png', type: 'base64' }, type: 'image' };
  expect(asText(user(turned, text('what?')))).toBe(plain);
  expect(asText(user(text('what?'), turned))).not.toBe(plain);
  expect(asText(user(turned, text('wh'), text('at?')))).not.toBe(plain);
});
