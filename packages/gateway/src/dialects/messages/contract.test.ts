import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { dialectContract, sampleModel, sampleOddText, type StreamedReply } from '../../testing/index.ts';
import { messages } from './messages.ts';

interface Told {
  readonly type: string;
  readonly index?: number;
  readonly message?: object;
  readonly content_block?: object;
  readonly delta?: Delta;
  readonly usage?: object;
  readonly error?: { readonly message: string };
}

interface Delta {
  readonly text?: string;
  readonly thinking?: string;
  readonly signature?: string;
  readonly partial_json?: string;
  readonly citation?: object;
}

interface Block {
  readonly start: object;
  text: string;
  signature: string;
  json: string;
  readonly citations: object[];
}

/** As Anthropic's SDK puts the events together. */
function readStream(text: string): StreamedReply {
  const frames = text.replaceAll(/^: keep-alive\n/gm, '').split('\n\n');
  expect(frames.at(-1)).toBe('');
  const all = frames.slice(0, -1).map((frame) => {
    const [, name, data = ''] = /^event: (\w+)\ndata: ([^\n]*)$/.exec(frame) ?? [];
    const event = JSON.parse(data) as Told;
    expect(event.type).toBe(name);
    return event;
  });
  const events = all.filter(({ type }) => type !== 'ping');
  const last = events.at(-1);
  if (last?.type === 'error') return { error: last.error?.message };
  expect(all.findLastIndex(({ type }) => type === 'message_stop')).toBeGreaterThan(0);
  expect(events.map(({ type }) => type)).toEqual([
    'message_start',
    ...events.flatMap(({ type }) => (type.startsWith('content_block') ? [type] : [])),
    ...['message_delta', 'message_stop'],
  ]);
  const blocks: Block[] = [];
  for (const { type, index = -1, content_block: start = {}, delta = {} } of events) {
    if (type === 'content_block_start') blocks.push({ start, text: '', signature: '', json: '', citations: [] });
    const block = blocks[index];
    if (type !== 'content_block_delta' || block === undefined) continue;
    block.text += delta.text ?? delta.thinking ?? '';
    block.signature += delta.signature ?? '';
    block.json += delta.partial_json ?? '';
    block.citations.push(...(delta.citation === undefined ? [] : [delta.citation]));
  }
  const content = blocks.map(({ start, text: said, signature, json, citations }) => ({
    ...start,
    ...('text' in start && { text: said }),
    ...('thinking' in start && { thinking: said, signature }),
    ...(citations.length > 0 && { citations }),
    ...(json !== '' && { input: JSON.parse(json) as unknown }),
  }));
  const end = events.at(-2);
  return { reply: { ...events[0]?.message, ...end?.delta, usage: end?.usage, content } };
}

const usage = {
  ...{ input_tokens: 2, cache_read_input_tokens: 3, cache_creation_input_tokens: 5, output_tokens: 70 },
  cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 1 },
  output_tokens_details: { thinking_tokens: 11 },
};
const says = (content: readonly object[], stop_reason = 'end_turn', more: object = {}): object => ({
  ...{ type: 'message', role: 'assistant', model: sampleModel, stop_sequence: null, usage },
  ...{ content, stop_reason },
  ...more,
});
const text = (said: string): object => ({ type: 'text', text: said });
const call = (id: string, name: string, input: object): object => ({ type: 'tool_use', id, name, input });
const hello = [text('Hello world')];
const stopDetails = (explanation: string | null): object => ({ stop_details: { type: 'refusal', category: null, explanation } });

const contract = dialectContract({
  dialect: messages,
  serve: (runner) => createGateway({ runner }),
  body: { model: sampleModel, max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] },
  readStream,
  differing: ['id'],
  requests: [
    { name: 'a text', body: {}, turn: { messages: [{ role: 'user', content: [text('hi')] }], sampling: { maxOutputTokens: 100 } } },
    { name: 'a system prompt', body: { system: 'Be brief.' }, turn: { system: [text('Be brief.')] } },
  ],
  malformed: [
    { name: 'no model', body: { model: undefined }, param: 'model' },
    { name: 'a content that is none', body: { messages: [{ role: 'user', content: 7 }] }, param: 'messages' },
  ],
  replies: {
    text: says(hello),
    nothing: says([]),
    oddText: says([text(sampleOddText)]),
    longText: says([text('😀'.repeat(3000))]),
    twoTexts: says([text('One. '), text('Two.')]),
    cited: says([{ ...text('so'), citations: [{ type: 'char_location', cited_text: 'so' }] }]),
    thinking: says([{ type: 'thinking', thinking: 'Let me see', signature: 'c2ln' }, text('So')]),
    hiddenThinking: says([{ type: 'redacted_thinking', data: 'c2VjcmV0' }, text('So')]),
    call: says([text('I look.'), call('toolu_1', 'look', { at: 'Rome' })], 'tool_use'),
    callWithoutArguments: says([call('toolu_1', 'look', {})], 'tool_use'),
    calls: says([call('toolu_1', 'look', { at: 'Rome' }), call('toolu_2', 'rest', {})], 'tool_use'),
    others: says([{ type: 'server_tool_use', input: { query: 'x' } }, { type: 'web_search_tool_result', content: [] }, text('Found')]),
    acting: says([text('I read. '), text('Done.')]),
    maxTokens: says(hello, 'max_tokens'),
    contextWindow: says(hello, 'model_context_window_exceeded'),
    stopSequence: says(hello, 'stop_sequence', { stop_sequence: 'END' }),
    pause: says(hello, 'pause_turn'),
    refusal: says(hello, 'refusal', stopDetails('It would do harm.')),
    refusalWithoutReason: says([text('')], 'refusal', stopDetails(null)),
  },
});

for (const { name, run } of contract) test(name, run);
