import type { ContentBlock } from '@claude-code-api/gateway';
import { expect, test } from 'vitest';
import { toToldAnswer } from './to-told-answer.ts';

const thought: ContentBlock = { type: 'thinking', thinking: 'hm', signature: 'c2ln' };
const words: ContentBlock = { type: 'text', text: 'I look.' };
const use = (name: string): ContentBlock => ({ type: 'tool_use', id: 'c', name, input: {} });

test.each<{ what: string; blocks: ContentBlock[]; damaged?: boolean; answerTool?: string; told: ContentBlock[] | undefined }>([
  { what: 'all of it', blocks: [thought, words, use('a')], told: [thought, words, use('a')] },
  { what: 'not a call that is damaged', blocks: [thought, use('a')], damaged: true, told: undefined },
  { what: "not the call of the answer's tool", blocks: [thought, use('answer')], answerTool: 'answer', told: undefined },
  { what: 'not what is said beside a call before it', blocks: [thought, words, use('a')], answerTool: 'answer', told: [thought, use('a')] },
  { what: 'the text where there is no call', blocks: [thought, words], answerTool: 'answer', told: [thought, words] },
])('the answer is $what', ({ blocks, damaged = false, answerTool, told }) => {
  expect(toToldAnswer({ blocks, damaged, add: () => {} }, answerTool)).toEqual(told);
});
