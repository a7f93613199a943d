import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ContentBlock } from '../turn/content-block.ts';
import type { Message } from '../turn/message.ts';
import { normalizeMessages } from '../turn/normalize-messages.ts';
import { toItems } from './to-items.ts';

const text = (value: string): ContentBlock => ({ type: 'text', text: value });
const thinking = (value: string): ContentBlock => ({ type: 'thinking', thinking: value, signature: 's' });
const call = (id: string): ContentBlock => ({ type: 'tool_use', id, name: 'f', input: {} });
const result = (id: string): ContentBlock => ({ type: 'tool_result', tool_use_id: id, content: [] });
const picture: ContentBlock = { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } };
const paper: ContentBlock = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'd' } };
const redacted: ContentBlock = { type: 'redacted_thinking', data: 'r' };

const messages = fc.array(
  fc.record(
    {
      role: fc.constantFrom('user' as const, 'assistant' as const),
      content: fc.array(
        fc.oneof(
          fc.constantFrom('', ' ', 'a', 'b').map(text),
          fc.constantFrom(picture, paper, redacted, thinking('t')),
          fc.nat(5).map((id) => call(String(id))),
          fc.nat(5).map((id) => result(String(id))),
        ),
        { maxLength: 5 },
      ),
      model: fc.constantFrom('m', 'n'),
      steps: fc.constantFrom([{ role: 'assistant' as const, content: [text('s')] }]),
    },
    { requiredKeys: ['role', 'content'] },
  ),
  { maxLength: 6 },
);
/** Only answers have steps. */
const history = messages.map((all): Message[] =>
  all.map(({ steps, ...message }) => (message.role === 'user' || !steps ? message : { ...message, steps })),
);

/** Items without what makes them more than messages. */
const bare = (given: readonly Message[]): Message[] =>
  given.map(({ role, content, model }) => ({ role, content, ...(model !== undefined && { model }) }));

test('items make the same messages again', () => {
  fc.assert(
    fc.property(history, (given) => {
      expect(normalizeMessages(toItems(given))).toEqual(normalizeMessages(given));
    }),
  );
});

test('what stands together and is of one kind is one item; calls and results are one each', () => {
  const given: Message[] = [
    { role: 'user', content: [result('1'), result('2'), text('a'), picture, paper] },
    { role: 'assistant', content: [thinking('t'), redacted, text('b'), call('3'), call('4'), text('c')] },
  ];
  const items = toItems(given);
  expect(items.map(({ id, content }) => [id.replace(/_[\da-f]{32}$/, ''), content.length])).toEqual([
    ['fco', 1],
    ['fco', 1],
    ['msg', 3],
    ['rs', 2],
    ['msg', 1],
    ['fc', 1],
    ['fc', 1],
    ['msg', 1],
  ]);
  expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
});

test("only the assistant's items are marked with the model, and a message's own goes before", () => {
  const given: Message[] = [
    { role: 'user', content: [text('a')] },
    { role: 'assistant', content: [text('b')] },
    { role: 'assistant', content: [text('c')], model: 'own' },
  ];
  const items = toItems(given, { model: 'claude-x', requestedModel: 'x' });
  expect(bare(items)).toEqual([given[0], { ...given[1], model: 'claude-x' }, given[2]]);
  expect(items.map(({ requestedModel }) => requestedModel)).toEqual([undefined, 'x', 'x']);
  expect(items[0]).not.toHaveProperty('requestedModel');
});

test('a message without content has no items', () => {
  expect(toItems([{ role: 'assistant', content: [] }], { model: 'm' })).toEqual([]);
});

test('the steps go with the first item, and there is one for them', () => {
  const steps: Message[] = [{ role: 'assistant', content: [text('s')] }];
  const items = toItems([{ role: 'assistant', content: [thinking('t'), text('a'), call('1')], steps }]);
  expect(items.map((item) => item.steps)).toEqual([steps, undefined, undefined]);
  expect(items[1]).not.toHaveProperty('steps');
  expect(toItems([{ role: 'assistant', content: [], steps }], { requestedModel: 'x' })).toEqual([
    { id: expect.stringMatching(/^msg_/), role: 'assistant', content: [], requestedModel: 'x', steps },
  ]);
});
