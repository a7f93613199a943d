import { expect, test } from 'vitest';
import { noUsage } from '../turn/usage.ts';
import type { ContentBlock } from '../turn/content-block.ts';
import type { Message } from '../turn/message.ts';
import { inBlocks, type ScriptEvent } from '../testing/script-blocks.ts';
import { callBlock, textBlock, thinkingBlock } from '../turn/block-events.ts';
import { foldTurn } from '../turn/fold-turn.ts';
import { toKeptAnswer } from './fold-answer.ts';

function gather(events: readonly ScriptEvent[], steps?: readonly Message[]): Message {
  const whole: ScriptEvent[] = [
    { type: 'turn-start', model: 'claude-x', usage: noUsage },
    ...events,
    { type: 'turn-end', reason: 'end_turn', ...(steps !== undefined && { steps }) },
  ];
  return toKeptAnswer(foldTurn(inBlocks(whole)).answer).message;
}

const text = (delta: string): ScriptEvent => ({ type: 'text-delta', text: delta });
const call: ScriptEvent[] = [
  { type: 'call', id: 'a', name: 'f' },
  { type: 'input-delta', json: '{"x"' },
  { type: 'input-delta', json: ':1}' },
];
const called: ContentBlock = { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } };
const thinking: ContentBlock = { type: 'thinking', thinking: 'hm', signature: 's' };

test('puts text and calls together, in order, with the model whose they are', () => {
  expect(gather([text('Hel'), text('lo'), ...call, text('bye')])).toEqual({
    role: 'assistant',
    content: [{ type: 'text', text: 'Hello' }, called, { type: 'text', text: 'bye' }],
    model: 'claude-x',
  });
});

test('takes the thinking before calls', () => {
  expect(
    gather([...thinkingBlock(0, ['h', 'm'], 's'), ...textBlock(1, ['Hello']), ...callBlock(2, { id: 'a', name: 'f' }, ['{"x":1}'])]),
  ).toEqual({
    role: 'assistant',
    content: [thinking, { type: 'text', text: 'Hello' }, called],
    model: 'claude-x',
  });
});

test('leaves out thinking that led to no call', () => {
  expect(gather([...thinkingBlock(0, ['hm'], 's'), ...textBlock(1, ['Hel', 'lo'])]).content).toEqual([{ type: 'text', text: 'Hello' }]);
});

test('blank texts and an answer of nothing are nothing', () => {
  expect(gather([text(' '), text('\n')])).toEqual({ role: 'assistant', content: [] });
  expect(gather([])).toEqual({ role: 'assistant', content: [] });
});

test('arguments that are no JSON object are kept as the API wants them told', () => {
  const broken: ScriptEvent[] = [
    { type: 'call', id: 'a', name: 'f' },
    { type: 'input-delta', json: '{"x"' },
  ];
  expect(gather(broken).content).toEqual([{ ...called, input: { INVALID_JSON: '{"x"' } }]);
});

test('the steps to it are kept, said or unsaid', () => {
  const steps: Message[] = [
    {
      role: 'assistant',
      content: [
        { type: 'text', text: ' ' },
        { type: 'tool_use', id: 'r', name: 'Read', input: {} },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'r', content: [] }] },
  ];
  const activity: ScriptEvent[] = [
    { type: 'activity-start', id: 'r', name: 'Read', input: {} },
    { type: 'activity-end', id: 'r', result: 'x', isError: false, denied: false },
  ];
  const gathered = (events: readonly ScriptEvent[], told: readonly Message[]): Message => gather([...activity, ...events], told);
  const [used, result] = steps;
  // The API would not take the blank text back.
  const kept = [{ ...used, content: used?.content.slice(1) }, result];
  expect(gathered([text('Hello')], steps)).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'Hello' }], steps: kept });
  expect(gathered([], steps)).toEqual({ role: 'assistant', content: [], steps: kept });
  expect(gathered([text('Hello')], [])).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'Hello' }] });
});

test('of an agent, all texts are one, and the thinking is that of the step that called', () => {
  const steps: Message[] = [
    { role: 'assistant', content: [{ type: 'tool_use', id: 'r', name: 'Read', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'r', content: [] }] },
    { role: 'assistant', content: [thinking, { type: 'text', text: 'B' }, called], model: 'claude-x' },
  ];
  const events: ScriptEvent[] = [
    ...thinkingBlock(0, ['first'], 'x'),
    ...textBlock(1, ['A']),
    ...thinkingBlock(2, ['hm'], 's'),
    ...textBlock(3, ['\n\nB']),
    ...callBlock(4, { id: 'a', name: 'f' }, ['{"x":1}']),
  ];
  expect(gather(events, steps).content).toEqual([thinking, { type: 'text', text: 'A\n\nB' }, called]);
});
