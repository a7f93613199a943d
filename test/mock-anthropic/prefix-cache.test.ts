import { expect, test } from 'vitest';
import { createPrefixCache, startMockAnthropic } from './index.ts';
import type { BlockParam, MessagesBody } from './messages-body.ts';
import { postMessages } from './post-messages.ts';

const mark = { cache_control: { type: 'ephemeral' } };
/** Of so many tokens, its JSON counted in. */
const text = (words: string, tokens: number, more: object = {}): BlockParam => {
  const frame = JSON.stringify({ type: 'text', text: words }).length;
  return { type: 'text', text: words + '.'.repeat(tokens * 4 - frame), ...more };
};
const body = (blocks: readonly BlockParam[], more: Partial<MessagesBody> = {}): MessagesBody => ({
  model: 'claude-sonnet-5-5',
  max_tokens: 10,
  messages: [{ role: 'user', content: blocks }],
  ...more,
});
const usage = (read: number, written: number, rest: number): object => ({
  input_tokens: rest,
  cache_creation_input_tokens: written,
  cache_read_input_tokens: read,
});

test('reads what was written up to a mark, and writes what is new up to the next', () => {
  const cache = createPrefixCache();
  const system = [text('s', 2000, mark)];
  const [one, two] = [text('one', 100, mark), text('one', 100)];
  expect(cache.use(body([one], { system }))).toEqual(usage(0, 2100, 0));
  expect(cache.use(body([two, text('two', 50, mark), text('new', 7)], { system }))).toEqual(usage(2100, 50, 7));
  expect(cache.use(body([text('other', 100, mark)], { system }))).toEqual(usage(2000, 100, 0));
});

test('to the byte: another word, tool, order of tools, model or format makes another prompt', () => {
  const tools = [{ name: 'a' }, { name: 'b' }];
  const asked = body([text('one', 2000, mark)], { tools });
  const cache = createPrefixCache();
  const { cache_creation_input_tokens: all } = cache.use(asked);
  expect(cache.use(asked).cache_read_input_tokens).toBe(all);
  const others: MessagesBody[] = [
    body([text('One', 2000, mark)], { tools }),
    { ...asked, tools: tools.toReversed() },
    { ...asked, tools: [] },
    { ...asked, model: 'claude-opus-5' },
    { ...asked, tool_choice: { type: 'any' } },
    { ...asked, thinking: { type: 'disabled' } },
    { ...asked, messages: [{ ...asked.messages[0]!, role: 'assistant' }] },
  ];
  for (const other of others) expect(cache.use(other).cache_read_input_tokens).toBe(0);
  // What only the messages are made of leaves the system prompt as it is.
  const system = [text('s', 2000, mark)];
  cache.use({ ...asked, system });
  const isRead = (more: Partial<MessagesBody>): boolean => cache.use({ ...asked, system, ...more }).cache_read_input_tokens > 1000;
  expect([isRead({ tool_choice: { type: 'any' } }), isRead({ thinking: { type: 'disabled' } })]).toEqual([true, true]);
  expect(isRead({ output_config: { format: { type: 'json_schema' } } })).toBe(false);
});

test('keeps nothing that is small, and nothing without a mark', () => {
  const cache = createPrefixCache();
  const small = body([text('one', 1023, mark)]);
  expect([cache.use(small), cache.use(small)]).toEqual([usage(0, 0, 1023), usage(0, 0, 1023)]);
  const unmarked = body([text('one', 5000)]);
  expect([cache.use(unmarked), cache.use(unmarked)]).toEqual([usage(0, 0, 5000), usage(0, 0, 5000)]);
  expect(cache.use(body([text('one', 1024, mark)]))).toEqual(usage(0, 1024, 0));
  expect(cache.use(body([text('one', 1024, mark)], { model: 'claude-haiku-4-5' }))).toEqual(usage(0, 0, 1024));
});

test('looks twenty blocks back from a mark, and no further', () => {
  const begin = text('begin', 2000);
  const more = (count: number): BlockParam[] => Array.from({ length: count }, (_, index) => text(`${index}`, 10));
  const readAfter = (count: number): number => {
    const cache = createPrefixCache();
    cache.use(body([{ ...begin, ...mark }]));
    return cache.use(body([begin, ...more(count - 1), text('end', 10, mark)])).cache_read_input_tokens;
  };
  expect([readAfter(1), readAfter(19), readAfter(20)]).toEqual([2000, 2000, 0]);
});

test('for five minutes from the last use, or an hour', () => {
  let now = 0;
  const cache = createPrefixCache({ now: () => now });
  const asked = body([text('one', 2000, mark)]);
  const hourly = body([text('hour', 2000, { cache_control: { type: 'ephemeral', ttl: '1h' } })]);
  const readAt = (minutes: number, prompt: MessagesBody): boolean => {
    now = minutes * 60_000;
    return cache.use(prompt).cache_read_input_tokens > 0;
  };
  expect([0, 4, 8, 13.1].map((minutes) => readAt(minutes, asked))).toEqual([false, true, true, false]);
  expect([20, 79, 138, 199].map((minutes) => readAt(minutes, hourly))).toEqual([false, true, true, false]);
});

test("the CLI's line on who asks does not count", () => {
  const cache = createPrefixCache();
  const by = (version: string): MessagesBody =>
    body([text('one', 2000, mark)], { system: [{ type: 'text', text: `x-anthropic-billing-header: ${version}` }] });
  cache.use(by('1'));
  expect(cache.use(by('2')).cache_read_input_tokens).toBe(2000);
});

test('the mock tells it in its replies once it is told to', async () => {
  const mock = await startMockAnthropic();
  try {
    const ask = async (): Promise<unknown> => {
      const response = await postMessages(mock.url, { messages: [{ role: 'user', content: [text('one', 2000, mark)] }] });
      return ((await response.json()) as { usage: unknown }).usage;
    };
    expect(await ask()).toMatchObject(usage(0, 0, 10));
    mock.cachePrompts();
    expect([await ask(), await ask()]).toEqual([
      { ...usage(0, 2000, 0), output_tokens: 5 },
      { ...usage(2000, 0, 0), output_tokens: 5 },
    ]);
    mock.reset();
    expect(await ask()).toMatchObject(usage(0, 0, 10));
  } finally {
    await mock.close();
  }
});
