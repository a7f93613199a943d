import { expect, test } from 'vitest';
import { noUsage } from '../turn/usage.ts';
import type { ContentBlock } from '../turn/content-block.ts';
import type { Message } from '../turn/message.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import { createAnswerGatherer } from './answer-gatherer.ts';

function gather(events: readonly TurnEvent[], content?: readonly ContentBlock[]): Message {
  const gatherer = createAnswerGatherer();
  gatherer.add({ type: 'turn-start', model: 'claude-x', usage: noUsage });
  for (const event of events) gatherer.add(event);
  gatherer.add({ type: 'turn-end', reason: 'end_turn', ...(content !== undefined && { content }) });
  return gatherer.answer();
}

const text = (delta: string): TurnEvent => ({ type: 'text-delta', text: delta });
const call: TurnEvent[] = [
  { type: 'tool-call-start', id: 'a', name: 'f' },
  { type: 'tool-call-delta', json: '{"x"' },
  { type: 'tool-call-delta', json: ':1}' },
];
const called: ContentBlock = { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } };
const thinking: ContentBlock = { type: 'thinking', thinking: 'hm', signature: 's' };

test('puts text and calls together, in order', () => {
  expect(gather([text('Hel'), text('lo'), ...call, text('bye')])).toEqual({
    role: 'assistant',
    content: [{ type: 'text', text: 'Hello' }, called, { type: 'text', text: 'bye' }],
  });
});

test('takes the thinking before calls, with the model whose it is', () => {
  const said: ContentBlock = { type: 'text', text: 'Hello' };
  expect(gather([text('Hello'), ...call], [thinking, said, called])).toEqual({
    role: 'assistant',
    content: [thinking, said, called],
    model: 'claude-x',
  });
});

test('leaves out thinking that led to no call', () => {
  expect(gather([text('Hello')], [thinking, { type: 'text', text: 'Hello' }]).content).toEqual([{ type: 'text', text: 'Hello' }]);
});

test('believes what the caller got rather than an account that differs', () => {
  expect(gather([text('Hel'), ...call], [thinking, { type: 'text', text: 'Hello' }, called]).content).toEqual([
    { type: 'text', text: 'Hel' },
    called,
  ]);
});

test('blank texts and an answer of nothing are nothing', () => {
  expect(gather([text(' '), text('\n')])).toEqual({ role: 'assistant', content: [] });
  expect(gather([])).toEqual({ role: 'assistant', content: [] });
});

test('arguments that are no JSON object are kept as the API wants them told', () => {
  const broken: TurnEvent[] = [
    { type: 'tool-call-start', id: 'a', name: 'f' },
    { type: 'tool-call-delta', json: '{"x"' },
  ];
  expect(gather(broken, [{ ...called, input: {} }]).content).toEqual([{ ...called, input: { INVALID_JSON: '{"x"' } }]);
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
  const gathered = (events: readonly TurnEvent[], told: readonly Message[]): Message => {
    const gatherer = createAnswerGatherer();
    const activity: TurnEvent[] = [
      { type: 'activity-start', id: 'r', name: 'Read', input: {} },
      { type: 'activity-end', id: 'r', result: 'x', isError: false, denied: false },
    ];
    for (const event of [...activity, ...events]) gatherer.add(event);
    gatherer.add({ type: 'turn-end', reason: 'end_turn', steps: told });
    return gatherer.answer();
  };
  const [used, result] = steps;
  // The API would not take the blank text back.
  const kept = [{ ...used, content: used?.content.slice(1) }, result];
  expect(gathered([text('Hello')], steps)).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'Hello' }], steps: kept });
  expect(gathered([], steps)).toEqual({ role: 'assistant', content: [], steps: kept });
  expect(gathered([text('Hello')], [])).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'Hello' }] });
});
