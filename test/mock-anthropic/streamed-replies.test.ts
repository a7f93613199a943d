import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  citedTextBlock,
  hugeReply,
  messageReply,
  redactedThinkingBlock,
  serverToolUseBlock,
  startMockAnthropic,
  textReply,
  thinkingReply,
  toolUseReply,
  wholeBlock,
} from './index.ts';
import type { MockAnthropic } from './index.ts';
import { parseStream } from './parse-stream.ts';
import type { ParsedEvent } from './parse-stream.ts';
import { postMessages } from './post-messages.ts';

let mock: MockAnthropic;
beforeAll(async () => {
  mock = await startMockAnthropic();
});
afterEach(() => mock.reset());
afterAll(() => mock.close());

async function stream(): Promise<ParsedEvent[]> {
  const response = await postMessages(mock.url, { stream: true });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(response.headers.get('request-id')).toMatch(/^req_/);
  return parseStream(await response.text());
}

function deltasOf(events: readonly ParsedEvent[]): unknown[] {
  return events.filter(({ event }) => event === 'content_block_delta').map(({ data }) => data['delta']);
}

test('the default reply, event by event', async () => {
  const usage = { input_tokens: 10, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 5 };
  expect((await stream()).map(({ data }) => data)).toEqual([
    {
      type: 'message_start',
      message: {
        id: expect.stringMatching(/^msg_/),
        type: 'message',
        role: 'assistant',
        model: 'claude-test',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...usage, output_tokens: 1 },
      },
    },
    { type: 'ping' },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: ' wor' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'ld' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage },
    { type: 'message_stop' },
  ]);
});

test('usage, model, stop reason and stop sequence are as told', async () => {
  const usage = { input_tokens: 1, cache_creation_input_tokens: 2, cache_read_input_tokens: 3, output_tokens: 400 };
  mock.reply(textReply('cut', { usage, model: 'other', stopSequence: 'END' }), textReply('', { stopReason: 'max_tokens' }));
  const events = await stream();
  expect(events[0]?.data).toMatchObject({ message: { model: 'other', usage: { ...usage, output_tokens: 1 } } });
  expect(events.at(-2)?.data).toMatchObject({ delta: { stop_reason: 'stop_sequence', stop_sequence: 'END' }, usage });
  expect((await stream()).at(-2)?.data).toMatchObject({ delta: { stop_reason: 'max_tokens', stop_sequence: null } });
});

test('tool calls stream their input in pieces that join to its JSON', async () => {
  const input = { path: '/tmp/é😀.txt', lines: [1, 2, { deep: null }] };
  const calls = [
    { id: 'toolu_1', name: 'write', input },
    { id: 'toolu_2', name: 'now', input: {} },
  ];
  const reply = toolUseReply(calls, { thinking: 'Hm.', text: 'Let me see.', chunkSize: 1 });
  mock.reply(reply, reply);
  const events = await stream();
  expect(events.filter(({ event }) => event === 'content_block_start').map(({ data }) => data['content_block'])).toEqual([
    { type: 'thinking', thinking: '', signature: '' },
    { type: 'text', text: '' },
    { type: 'tool_use', id: 'toolu_1', name: 'write', input: {} },
    { type: 'tool_use', id: 'toolu_2', name: 'now', input: {} },
  ]);
  const pieces = (index: number): unknown[] =>
    deltasOf(events.filter(({ data }) => data['index'] === index)).map((delta) => (delta as { partial_json: string }).partial_json);
  expect(pieces(2).join('')).toBe(JSON.stringify(input));
  expect(pieces(2)).toContain('😀');
  expect(pieces(3)).toEqual(['']);
  expect(events.at(-2)?.data).toMatchObject({ delta: { stop_reason: 'tool_use' } });
  expect(await (await postMessages(mock.url)).json()).toMatchObject({
    content: [{ type: 'thinking' }, { type: 'text' }, { type: 'tool_use', input }, { type: 'tool_use', input: {} }],
  });
});

test('thinking is signed, then text follows', async () => {
  const reply = thinkingReply({ thinking: ['I ', 'think'], signature: 'c2ln', text: 'Done' });
  mock.reply(reply, reply);
  expect(deltasOf(await stream())).toEqual([
    { type: 'thinking_delta', thinking: 'I ' },
    { type: 'thinking_delta', thinking: 'think' },
    { type: 'signature_delta', signature: 'c2ln' },
    { type: 'text_delta', text: 'Done' },
  ]);
  expect(await (await postMessages(mock.url)).json()).toMatchObject({
    content: [
      { type: 'thinking', thinking: 'I think', signature: 'c2ln' },
      { type: 'text', text: 'Done' },
    ],
  });
});

test('waits before the first byte and between deltas', async () => {
  mock.reply(textReply(['a', 'b', 'c'], { delayMs: 60, chunkDelayMs: 40 }));
  const start = performance.now();
  const response = await postMessages(mock.url, { stream: true });
  expect(performance.now() - start).toBeGreaterThan(55);
  await response.text();
  expect(performance.now() - start).toBeGreaterThan(135);
});

test('waits where it is told to, behind its first delta', async () => {
  let goOn = (): void => {};
  mock.reply(textReply(['a', 'b', 'c'], { afterFirst: new Promise<void>((resolve) => (goOn = resolve)) }));
  const response = await postMessages(mock.url, { stream: true });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('"a"')) text += (await reader.read()).value;
  expect(text).not.toContain('"b"');
  goOn();
  for (let read = await reader.read(); !read.done; read = await reader.read()) text += read.value;
  expect(text).toMatch(/"b".*"c".*message_stop/s);
});

test('a huge reply arrives whole', async () => {
  mock.reply(hugeReply(5_000_001));
  const deltas = deltasOf(await stream());
  expect(deltas.length).toBe(1221);
  const bytes = deltas.reduce((sum: number, delta) => sum + (delta as { text: string }).text.length, 0);
  expect(bytes).toBe(5_000_001);
});

test('all else that the API says: redacted thinking, its own tools, citations, blocks of tomorrow, pings in between', async () => {
  const citation = { type: 'web_search_result_location', url: 'https://example.com', cited_text: 'It is 3.' };
  const found = {
    type: 'web_search_tool_result',
    tool_use_id: 'srvtoolu_1',
    content: [{ type: 'web_search_result', encrypted_content: 'x' }],
  };
  const reply = messageReply(
    [
      redactedThinkingBlock('ZGF0YQ=='),
      serverToolUseBlock({ id: 'srvtoolu_1', name: 'web_search', input: { query: 'a' } }),
      wholeBlock(found),
      citedTextBlock('Three.', [citation]),
      wholeBlock({ type: 'of_tomorrow', a: 1 }),
    ],
    { pings: 1 },
  );
  mock.reply(reply, reply);
  const events = await stream();
  expect(events.filter(({ event }) => event === 'content_block_start').map(({ data }) => data['content_block'])).toEqual([
    { type: 'redacted_thinking', data: 'ZGF0YQ==' },
    { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
    found,
    { type: 'text', text: '', citations: [] },
    { type: 'of_tomorrow', a: 1 },
  ]);
  expect(deltasOf(events)).toEqual([
    { type: 'input_json_delta', partial_json: '' },
    { type: 'input_json_delta', partial_json: '{"query":"a"}' },
    { type: 'text_delta', text: 'Three.' },
    { type: 'citations_delta', citation },
  ]);
  expect(events.filter(({ event }) => event === 'ping')).toHaveLength(5);
  expect(events.at(-2)?.data).toMatchObject({ delta: { stop_reason: 'end_turn' } });
  expect(await (await postMessages(mock.url)).json()).toMatchObject({
    content: [{ data: 'ZGF0YQ==' }, { input: { query: 'a' } }, found, { text: 'Three.', citations: [citation] }, { a: 1 }],
  });
});
