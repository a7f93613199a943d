import { expect, test } from 'vitest';
import type { ConversationItem } from '../ports/conversation-store.ts';
import type { ContentBlock } from '../turn/content-block.ts';
import type { Message } from '../turn/message.ts';
import { earlierMessages } from './enter-conversation.ts';

const text = (value: string): ContentBlock => ({ type: 'text', text: value });
const thinking: ContentBlock = { type: 'thinking', thinking: 'hm', signature: 's' };
const redacted: ContentBlock = { type: 'redacted_thinking', data: 'r' };
const use: ContentBlock = { type: 'tool_use', id: '1', name: 'Read', input: {} };
const result: Message = { role: 'user', content: [{ type: 'tool_result', tool_use_id: '1', content: [] }] };
const question: ConversationItem = { id: 'msg_1', role: 'user', content: [text('q')] };

const steps: Message[] = [
  { role: 'assistant', content: [thinking, use], model: 'claude-x' },
  result,
  { role: 'assistant', content: [redacted, text('a')] },
];
const items: ConversationItem[] = [
  question,
  { id: 'rs_1', role: 'assistant', content: [thinking], requestedModel: 'x', steps },
  { id: 'msg_2', role: 'assistant', content: [text('a')], requestedModel: 'x' },
];

test('the model that thought hears its thoughts, also those between the steps', () => {
  expect(earlierMessages(items, 'x')).toEqual([
    { role: 'user', content: [text('q')] },
    { role: 'assistant', content: [thinking, text('a')], steps },
  ]);
});

test('another model hears what was said and done', () => {
  expect(earlierMessages(items, 'y')).toEqual([
    { role: 'user', content: [text('q')] },
    {
      role: 'assistant',
      content: [text('a')],
      steps: [{ role: 'assistant', content: [use], model: 'claude-x' }, result, { role: 'assistant', content: [text('a')] }],
    },
  ]);
});

test('of an agent that only thought another model hears nothing', () => {
  const idle: ConversationItem = {
    id: 'msg_1',
    role: 'assistant',
    content: [],
    requestedModel: 'x',
    steps: [{ role: 'assistant', content: [thinking] }],
  };
  expect(earlierMessages([question, idle, question], 'y')).toEqual([{ role: 'user', content: [text('q'), text('q')] }]);
  expect(earlierMessages([question, idle], 'x')).toHaveLength(2);
});

test.each(['x', 'y'])('what %s hears of the same items is the same messages again, so that their digests are known', (model) => {
  const plain: ConversationItem[] = [question, { id: 'msg_2', role: 'assistant', content: [text('a')], requestedModel: 'x' }];
  const first = earlierMessages(plain, model);
  earlierMessages(plain, 'another');
  const second = earlierMessages([...plain, { ...question, id: 'msg_3' }], model);
  expect(second.map((message, index) => message === first[index])).toEqual([true, true, false]);
});
