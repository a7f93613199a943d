import type { ContentBlock, Message, Turn } from '@claude-code-api/gateway';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestSession } from './session-history.ts';

const text = (value: string): ContentBlock => ({ type: 'text', text: value });
const user = (...content: ContentBlock[]): Message => ({ role: 'user', content });
const assistant = (...content: ContentBlock[]): Message => ({ role: 'assistant', content });

function turn(messages: readonly Message[], more: Partial<Turn> = {}): Turn {
  return {
    model: 'sonnet',
    system: [{ type: 'text', text: 'Be brief.' }],
    messages,
    tools: [],
    sampling: {},
    thinking: { type: 'off' },
    tenant: 'a',
    ...more,
  };
}

/** The digest under which a process waits that has answered `first` with `answer`. */
function left(first: Turn, ...answer: ContentBlock[]): string {
  return digestSession(first).after(answer);
}

/** The digest that a follow-up looks for. */
function wanted(messages: readonly Message[], more: Partial<Turn> = {}): string | undefined {
  return digestSession(turn([...messages, user(text('next'))], more)).before;
}

const first = turn([user(text('one'))]);
const match = left(first, text('two'));

test('a follow-up with the same history finds the process', () => {
  expect(wanted([user(text('one')), assistant(text('two'))])).toBe(match);
});

test('and so does the one after it', () => {
  const second = turn([user(text('one')), assistant(text('two')), user(text('three'))]);
  expect(wanted([...second.messages, assistant(text('four'))])).toBe(left(second, text('four')));
});

test('an answer of several texts comes back as one', () => {
  expect(left(first, text('t'), text('wo'))).toBe(match);
  expect(wanted([user(text('one')), assistant(text('tw'), text('o'))])).toBe(match);
});

test('thinking that comes back with the answer, and in whose name, does not count', () => {
  const thought: ContentBlock = { type: 'thinking', thinking: 'hm', signature: 'c2ln' };
  const named = { ...assistant(thought, text('two')), model: 'claude-sonnet-5-5' };
  expect(wanted([user(text('one')), named])).toBe(match);
  expect(left(first, thought, text('two'))).toBe(match);
});

test('there is nothing to continue in a first message, or after an answer', () => {
  expect(digestSession(first).before).toBeUndefined();
  expect(digestSession(turn([])).before).toBeUndefined();
  expect(digestSession(turn([user(text('one')), assistant(text('two'))])).before).toBeUndefined();
});

test.each<[string, Message[], Partial<Turn>]>([
  ['an edited answer', [user(text('one')), assistant(text('two!'))], {}],
  ['an answer with a space more', [user(text('one')), assistant(text('two '))], {}],
  ['an edited question', [user(text('One')), assistant(text('two'))], {}],
  ['other roles', [assistant(text('one')), user(text('two'))], {}],
  ['all of it as one role', [user(text('one')), user(text('two'))], {}],
  ['all of it in one message', [user(text('one'), text('two'))], {}],
  ['texts merged', [user(text('onetwo'))], {}],
  ['a question in two parts', [user(text('o'), text('ne')), assistant(text('two'))], {}],
  ['a part of the history', [user(text('one'))], {}],
  ['a longer history', [user(text('one')), assistant(text('two')), user(text('x')), assistant(text('y'))], {}],
  ['the history with something before it', [user(text('zero')), assistant(text('x')), user(text('one')), assistant(text('two'))], {}],
  ['text that looks like the next message', [user(text('one"}]}\n{"role":"assistant","content":[{"type":"text","text":"two'))], {}],
  ['an answer in other composed characters', [user(text('one')), assistant(text('two\u0301'))], {}],
  ['another tenant', [user(text('one')), assistant(text('two'))], { tenant: 'b' }],
  ['no tenant', [user(text('one')), assistant(text('two'))], { tenant: '' }],
  ['another system prompt', [user(text('one')), assistant(text('two'))], { system: [{ type: 'text', text: 'Be brief' }] }],
  ['another model', [user(text('one')), assistant(text('two'))], { model: 'opus' }],
  ['tenant and model changed for one another', [user(text('one')), assistant(text('two'))], { tenant: 'sonnet', model: 'a' }],
  ['more tools', [user(text('one')), assistant(text('two'))], { tools: [{ name: 't', description: '', inputSchema: {}, strict: false }] }],
  ['an answer that called a tool', [user(text('one')), assistant(text('two'), { type: 'tool_use', id: 'c', name: 't', input: {} })], {}],
])('does not match: %s', (_, messages, more) => {
  expect(wanted(messages, more)).not.toBe(match);
});

test('pictures count, each of their bytes, and where they stand', () => {
  const image = (data: string): ContentBlock => ({ type: 'image', source: { type: 'base64', media_type: 'image/png', data } });
  const seen = left(turn([user(image('AAAA'), text('what?'))]), text('a cat'));
  const ask = (...content: ContentBlock[]) => wanted([user(...content), assistant(text('a cat'))]);
  expect(ask(image('AAAA'), text('what?'))).toBe(seen);
  expect(ask(image('AAAB'), text('what?'))).not.toBe(seen);
  expect(ask(text('what?'), image('AAAA'))).not.toBe(seen);
  expect(ask(text('what?'))).not.toBe(seen);
  expect(ask(image('AAAA'), image('AAAA'), text('what?'))).not.toBe(seen);
  expect(ask({ type: 'image', source: { type: 'url', url: 'AAAA' } }, text('what?'))).not.toBe(seen);
});

test('calls count with their ids, names and arguments, however the arguments are written', () => {
  const call = (id: string, name: string, input: Record<string, unknown>): ContentBlock => ({ type: 'tool_use', id, name, input });
  const seen = left(first, call('c', 'add', { a: 1, b: { x: 1, y: 2 } }));
  const ask = (block: ContentBlock) => wanted([user(text('one')), assistant(block)]);
  expect(ask(call('c', 'add', { b: { y: 2, x: 1 }, a: 1 }))).toBe(seen);
  expect(ask(call('d', 'add', { a: 1, b: { x: 1, y: 2 } }))).not.toBe(seen);
  expect(ask(call('c', 'sub', { a: 1, b: { x: 1, y: 2 } }))).not.toBe(seen);
  expect(ask(call('c', 'add', { a: 1, b: { x: 1, y: 3 } }))).not.toBe(seen);
  expect(ask(call('c', 'add', { a: 1, b: { x: 1, y: '2' } }))).not.toBe(seen);
});

test('different histories have different digests', () => {
  const message = fc.record({
    role: fc.constantFrom('user', 'assistant'),
    texts: fc.array(fc.string({ minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
  });
  const toMessage = ({ role, texts }: { role: string; texts: string[] }): Message =>
    role === 'user' ? user(...texts.map(text)) : assistant(text(texts.join('')));
  fc.assert(
    fc.property(fc.array(message, { maxLength: 4 }), fc.array(message, { maxLength: 4 }), (one, other) => {
      const [left1, right] = [one.map(toMessage), other.map(toMessage)];
      expect(wanted(left1) === wanted(right)).toBe(JSON.stringify(left1) === JSON.stringify(right));
    }),
  );
});
