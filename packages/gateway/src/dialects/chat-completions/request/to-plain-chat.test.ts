import { expect, test } from 'vitest';
import type { ChatMessage } from './request-schema.ts';
import { toPlainChat } from './to-plain-chat.ts';

const plain = (chat: ChatMessage[]): ChatMessage[] => toPlainChat(chat).map(({ message }) => message);

const call = { name: 'a', arguments: '{}' };

test('a function call and its message become a tool call and its result', () => {
  const chat: ChatMessage[] = [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: null, function_call: call },
    { role: 'function', name: 'a', content: null },
    { role: 'assistant', content: 'x', function_call: call },
    { role: 'function', name: 'a', content: 'y' },
  ];
  expect(plain(chat)).toEqual([
    chat[0],
    { role: 'assistant', content: null, function_call: call, tool_calls: [{ id: 'call_function_1', function: call }] },
    { role: 'tool', tool_call_id: 'call_function_1', content: '' },
    { role: 'assistant', content: 'x', function_call: call, tool_calls: [{ id: 'call_function_3', function: call }] },
    { role: 'tool', tool_call_id: 'call_function_3', content: 'y' },
  ]);
});

test('what has tool calls already, and a function message without a call, stay', () => {
  const chat: ChatMessage[] = [
    { role: 'assistant', content: null, function_call: call, tool_calls: [{ id: 'a', function: call }] },
    { role: 'user', content: 'hi' },
    { role: 'function', name: 'a', content: 'x' },
  ];
  expect(plain(chat)).toEqual(chat);
});
