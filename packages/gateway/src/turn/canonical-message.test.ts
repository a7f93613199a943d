import { expect, test } from 'vitest';
import { canonicalMessage } from './canonical-message.ts';
import type { ContentBlock } from './content-block.ts';
import type { Message } from './message.ts';

const user = (...content: ContentBlock[]): Message => ({ role: 'user', content });
const assistant = (...content: ContentBlock[]): Message => ({ role: 'assistant', content });
const text = (words: string): ContentBlock => ({ type: 'text', text: words });
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
