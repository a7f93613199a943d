import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ContentBlock } from './content-block.ts';
import type { Message } from './message.ts';
import { normalizeMessages } from './normalize-messages.ts';

const text = (value: string): ContentBlock => ({ type: 'text', text: value });
const block: fc.Arbitrary<ContentBlock> = fc.oneof(
  fc.constantFrom('', ' \n', 'a', ' b ').map(text),
  fc.nat(9).map((id): ContentBlock => ({ type: 'tool_result', tool_use_id: String(id), content: [{ type: 'text', text: 'r' }] })),
  fc.constant<ContentBlock>({ type: 'image', source: { type: 'url', url: 'u' } }),
);
const messages = fc.array(fc.record<Message>({ role: fc.constantFrom('user', 'assistant'), content: fc.array(block, { maxLength: 4 }) }), {
  maxLength: 8,
});
const says = (each: ContentBlock): boolean => each.type !== 'text' || each.text.trim() !== '';

/** All blocks of a role, in an order that does not depend on where they stand. */
const blocksOf = (given: readonly Message[], role: Message['role']): string[] =>
  given
    .filter((message) => message.role === role)
    .flatMap((message) => message.content.map((each) => JSON.stringify(each)))
    .toSorted();

test('roles alternate and no message is empty', () => {
  fc.assert(
    fc.property(messages, (given) => {
      const result = normalizeMessages(given);
      for (const [index, message] of result.entries()) {
        expect(message.content.length).toBeGreaterThan(0);
        expect(message.content.every(says)).toBe(true);
        expect(message.role).not.toBe(result[index - 1]?.role);
      }
    }),
  );
});

test('nothing that says something is lost, changed or added', () => {
  fc.assert(
    fc.property(messages, (given) => {
      const saying = given.map((message) => ({ ...message, content: message.content.filter(says) }));
      for (const role of ['user', 'assistant'] as const) expect(blocksOf(normalizeMessages(given), role)).toEqual(blocksOf(saying, role));
    }),
  );
});

test('doing it twice is the same as once, and leaves what it was given as it is', () => {
  fc.assert(
    fc.property(messages, (given) => {
      const before = JSON.stringify(given);
      const once = normalizeMessages(given);
      expect(normalizeMessages(once)).toEqual(once);
      expect(JSON.stringify(given)).toBe(before);
    }),
  );
});

test('tool results come first, and otherwise the order stays', () => {
  const result = (id: string): ContentBlock => ({ type: 'tool_result', tool_use_id: id, content: [] });
  const given: Message[] = [
    { role: 'user', content: [text('1'), result('a')] },
    { role: 'user', content: [text('2'), result('b')] },
  ];
  expect(normalizeMessages(given)).toEqual([{ role: 'user', content: [result('a'), result('b'), text('1'), text('2')] }]);
});

test('calls come last, unless Claude thought between them', () => {
  const use: ContentBlock = { type: 'tool_use', id: 'c', name: 'f', input: {} };
  const thought: ContentBlock = { type: 'thinking', thinking: 'hm', signature: 'c2ln' };
  const of = (...given: ContentBlock[][]) => normalizeMessages(given.map((content) => ({ role: 'assistant', content })))[0]?.content;
  expect(of([text('a'), use], [text('b')], [use])).toEqual([text('a'), text('b'), use, use]);
  expect(of([thought, use, thought, text('a')])).toEqual([thought, use, thought, text('a')]);
});

test('an empty answer between two questions makes them one', () => {
  const given: Message[] = [
    { role: 'user', content: [text('1')] },
    { role: 'assistant', content: [text('')] },
    { role: 'user', content: [text('2')] },
  ];
  expect(normalizeMessages(given)).toEqual([{ role: 'user', content: [text('1'), text('2')] }]);
});

describe('steps', () => {
  const assistant = (...content: ContentBlock[]): Message => ({ role: 'assistant', content });
  const steps = [assistant(text('s1')), { role: 'user', content: [text('s2')] }, assistant(text('s3'))] as const;
  const others = [assistant(text('o'))];
  const question: Message = { role: 'user', content: [text('q')] };

  test.each<[string, Message[], readonly Message[] | undefined]>([
    ['none and none are none', [assistant(text('a')), assistant(text('b'))], undefined],
    ['an answer keeps its own', [{ ...assistant(text('a')), steps }], steps],
    ['an item of the same answer adds none', [{ ...assistant(text('a')), steps }, assistant(text('b')), assistant(text('c'))], steps],
    [
      'those of two answers follow one another',
      [
        { ...assistant(text('a')), steps },
        { ...assistant(text('b')), steps: others },
      ],
      [...steps, ...others],
    ],
    [
      'an answer without any is one, with its model',
      [{ ...assistant(text('a')), model: 'm' }, assistant(text('b')), { ...assistant(text('c')), steps }],
      [{ ...assistant(text('a'), text('b')), model: 'm' }, ...steps],
    ],
  ])('%s', (_, given, expected) => {
    const [message, ...more] = normalizeMessages(given);
    expect(more).toEqual([]);
    expect(message?.steps).toEqual(expected);
    expect(message?.content).toEqual(given.flatMap(({ content }) => content));
  });

  test('keep an answer that says nothing', () => {
    const silent: Message = { role: 'assistant', content: [], steps };
    expect(normalizeMessages([question, { ...assistant(text(' ')), steps }, question])).toEqual([question, silent, question]);
  });

  test('once or twice, it is the same, and what was given stays as it is', () => {
    const some = fc.constantFrom(undefined, steps, others);
    const given = fc.array(
      fc
        .tuple(fc.array(block, { maxLength: 2 }), some)
        .map(([content, own]): Message => ({ role: 'assistant', content, ...(own && { steps: own }) })),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(given, (answers) => {
        const before = JSON.stringify(answers);
        const once = normalizeMessages(answers);
        expect(normalizeMessages(once)).toEqual(once);
        expect(JSON.stringify(answers)).toBe(before);
        expect(once.some((answer) => answer.steps !== undefined)).toBe(answers.some((answer) => answer.steps !== undefined));
      }),
    );
  });
});

test('a message in this form already stays the same object', () => {
  const asked: Message = { role: 'user', content: [{ type: 'text', text: 'a' }] };
  const called: Message = { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'f', input: {} }], model: 'm' };
  const result: Message = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: [{ type: 'text', text: 'r' }] }] };
  const stepped: Message = { role: 'assistant', content: [], steps: [called, result] };
  const given = [asked, called, result, stepped];
  for (const [index, message] of normalizeMessages(given).entries()) expect(message).toBe(given[index]);
});
