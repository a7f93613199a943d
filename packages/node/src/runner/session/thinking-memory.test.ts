import type { ContentBlock, Message } from '@claude-code-api/gateway';
import { expect, test } from 'vitest';
import type { PreparedTurn } from '@claude-code-api/gateway/messages-api';
import { createThinkingMemory } from './thinking-memory.ts';

const question: Message = { role: 'user', content: [{ type: 'text', text: 'Weather?' }] };
const thought: ContentBlock = { type: 'thinking', thinking: 'hm', signature: 'c2ln' };
const text = (words: string): ContentBlock => ({ type: 'text', text: words });
const use = (id: string): ContentBlock => ({ type: 'tool_use', id, name: 'a', input: { b: 1, a: 2 } });
const said = (...content: ContentBlock[]): Message => ({ role: 'assistant', content });
const results = (...ids: string[]): Message => ({
  role: 'user',
  content: ids.map((id) => ({ type: 'tool_result', tool_use_id: id, content: [] })),
});

function turn(messages: readonly Message[], more: Partial<PreparedTurn> = {}): PreparedTurn {
  return { model: 'sonnet', system: [], messages, tools: [], sampling: {}, thinking: { type: 'adaptive' }, tenant: '', ...more };
}

function answer(...content: ContentBlock[]): { content: ContentBlock[]; model: string } {
  return { content, model: 'claude-sonnet-5-5' };
}

test('the answer comes back as it was, in the name of who gave it', () => {
  const memory = createThinkingMemory();
  memory.keep(turn([question]), answer(thought, text('I '), text('look.'), use('1'), thought, use('2')));
  const messages = [
    question,
    said(text('I look.'), use('1'), { type: 'tool_use', id: '2', name: 'a', input: { a: 2, b: 1 } }),
    results('1', '2'),
  ];
  const restored = memory.restore(turn(messages));
  expect(restored.messages).toEqual([
    question,
    { role: 'assistant', content: [thought, text('I '), text('look.'), use('1'), thought, use('2')], model: 'claude-sonnet-5-5' },
    results('1', '2'),
  ]);
  expect(restored.thinking).toEqual({ type: 'adaptive' });
});

test('before an answer that was edited stands all of its thinking', () => {
  const memory = createThinkingMemory();
  memory.keep(turn([question]), answer(thought, text('\n'), use('1'), thought, use('2')));
  const restored = memory.restore(turn([question, said(text('Other.'), use('1')), results('1')]));
  expect(restored.messages[1]?.content).toEqual([thought, thought, text('Other.'), use('1')]);
});

test('a blank text does not come back', () => {
  const memory = createThinkingMemory();
  memory.keep(turn([question]), answer(thought, text('\n'), use('1')));
  expect(memory.restore(turn([question, said(use('1')), results('1')])).messages[1]?.content).toEqual([thought, use('1')]);
});

test.each<{ what: string; messages: Message[]; thinks: boolean }>([
  { what: 'an answer that is not known', messages: [question, said(use('x')), results('x')], thinks: false },
  { what: 'one of several in this turn', messages: [question, said(use('x')), results('x'), said(use('1')), results('1')], thinks: false },
  {
    what: 'one with words after the results',
    messages: [question, said(use('x')), { role: 'user', content: [...results('x').content, text('So?')] }],
    thinks: false,
  },
  { what: 'an answer of an earlier turn', messages: [question, said(use('x')), results('x'), said(text('Cold.')), question], thinks: true },
  {
    what: 'one of an earlier turn, and a known one',
    messages: [question, said(use('x')), results('x'), said(text('Cold.')), question, said(use('1')), results('1')],
    thinks: true,
  },
  { what: 'one that is known not to have thought', messages: [question, said(use('2')), results('2')], thinks: true },
])('thinking goes on, or not: $what', ({ messages, thinks }) => {
  const memory = createThinkingMemory();
  memory.keep(turn([question]), answer(thought, use('1')));
  memory.keep(turn([question]), answer(use('2')));
  expect(memory.restore(turn(messages)).thinking).toEqual({ type: thinks ? 'adaptive' : 'off' });
});

test('another model does not go on from its thinking', () => {
  const memory = createThinkingMemory();
  memory.keep(turn([question]), answer(thought, use('1')));
  expect(memory.restore(turn([question, said(use('1')), results('1')], { model: 'opus' })).thinking).toEqual({ type: 'off' });
});

test('a turn without thinking is not kept, but what thinks all the same is', () => {
  const memory = createThinkingMemory();
  memory.keep(turn([question], { thinking: { type: 'off' } }), answer(use('1')));
  memory.keep(turn([question], { thinking: { type: 'off' } }), answer(thought, use('2')));
  expect(memory.restore(turn([question, said(use('1')), results('1')])).thinking).toEqual({ type: 'off' });
  const restored = memory.restore(turn([question, said(use('2')), results('2')], { thinking: { type: 'off' } }));
  expect(restored.messages[1]?.content).toEqual([thought, use('2')]);
});

test('an effort that is too high without thinking is made less', () => {
  const messages = [question, said(use('x')), results('x')];
  const memory = createThinkingMemory();
  const restore = (given: PreparedTurn): PreparedTurn => memory.restore(given);
  expect(restore(turn(messages, { effort: 'max', tellThinkingOff: true })).effort).toBe('high');
  expect(restore(turn(messages, { effort: 'max' })).effort).toBe('max');
  expect(restore(turn(messages, { tellThinkingOff: true }))).not.toHaveProperty('effort');
});

const told = (...content: ContentBlock[]): Message => ({ ...said(...content), model: 'claude-sonnet-5-5' });

test.each<{ what: string; messages: Message[]; thinks: boolean }>([
  { what: 'an answer that holds its thinking', messages: [question, told(thought, use('x')), results('x')], thinks: true },
  {
    what: 'one that holds it hidden',
    messages: [question, told({ type: 'redacted_thinking', data: 'x' }, use('x')), results('x')],
    thinks: true,
  },
  {
    what: 'two that hold it',
    messages: [question, told(thought, use('x')), results('x'), told(thought, use('y')), results('y')],
    thinks: true,
  },
  {
    what: 'one that did not think, after one that did',
    messages: [question, told(thought, use('x')), results('x'), told(use('y')), results('y')],
    thinks: true,
  },
  {
    what: 'one that is not known, after one that holds it',
    messages: [question, told(thought, use('x')), results('x'), said(use('y')), results('y')],
    thinks: false,
  },
  { what: 'one that may have been asked not to think', messages: [question, told(use('x')), results('x')], thinks: false },
  {
    what: 'one that did not think, where only an earlier turn did',
    messages: [question, told(thought, use('x')), results('x'), told(text('Cold.')), question, told(use('y')), results('y')],
    thinks: false,
  },
])('thinking that the turn brings: $what', ({ messages, thinks }) => {
  const given = turn(messages);
  const restored = createThinkingMemory().restore(given);
  expect(restored.thinking).toEqual({ type: thinks ? 'adaptive' : 'off' });
  expect(restored.messages).toEqual(messages);
});

test('thinking that is both remembered and brought stands there once', () => {
  const memory = createThinkingMemory();
  memory.keep(turn([question]), answer(thought, use('1')));
  const messages = [question, told(thought, use('1')), results('1')];
  expect(memory.restore(turn(messages)).messages).toEqual(messages);
});

test('what it keeps is bounded, by number and by size', () => {
  const knows = (memory: ReturnType<typeof createThinkingMemory>, id: string): boolean =>
    memory.restore(turn([question, said(use(id)), results(id)])).thinking?.type === 'adaptive';
  const many = createThinkingMemory();
  for (let index = 0; index <= 500; index += 1) many.keep(turn([question]), answer(thought, use(`${index}`)));
  expect([knows(many, '0'), knows(many, '1'), knows(many, '500')]).toEqual([false, true, true]);

  const long = createThinkingMemory();
  for (const id of ['a', 'b', 'c'])
    long.keep(turn([question]), answer({ type: 'thinking', thinking: 'x'.repeat(3_000_000), signature: '' }, use(id)));
  expect(['a', 'b', 'c'].map((id) => knows(long, id))).toEqual([false, true, true]);
});
