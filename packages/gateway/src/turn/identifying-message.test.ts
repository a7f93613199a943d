import { expect, test } from 'vitest';
import type { ContentBlock, TextBlock } from './content-block.ts';
import { identifyingMessage } from './identifying-message.ts';

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
