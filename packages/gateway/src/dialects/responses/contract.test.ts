import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { dialectContract, sampleModel, sampleOddText, type StreamedReply } from '../../testing/index.ts';
import { responses } from './responses.ts';

interface Told {
  readonly type: string;
  readonly sequence_number: number;
  readonly item?: { readonly id: string };
  readonly response?: { readonly id: string; readonly output: readonly object[]; readonly error: { readonly message: string } | null };
}

/** The last event has it all; the items that came before it must be its own. */
function readStream(text: string): StreamedReply {
  const frames = text.replaceAll(/^: keep-alive\n/gm, '').split('\n\n');
  expect(frames.slice(-2)).toEqual(['data: [DONE]', '']);
  const events = frames.slice(0, -2).map((frame) => {
    const [, name, data = ''] = /^event: ([\w.]+)\ndata: ([^\n]*)$/.exec(frame) ?? [];
    const event = JSON.parse(data) as Told;
    expect(event.type).toBe(name);
    return event;
  });
  expect(events.map(({ sequence_number: number }) => number)).toEqual([...events.keys()]);
  expect(events.slice(0, 2).map(({ type }) => type)).toEqual(['response.created', 'response.in_progress']);
  const last = events.findLast(({ response }) => response !== undefined);
  if (last?.type === 'response.failed') return { error: last.response?.error?.message };
  expect(new Set(events.flatMap(({ response }) => response?.id ?? [])).size).toBe(1);
  expect(events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item)).toEqual(last?.response?.output);
  return { reply: last?.response };
}

const usage = {
  ...{ input_tokens: 10, output_tokens: 70, total_tokens: 80 },
  input_tokens_details: { cached_tokens: 3, cache_write_tokens: 5 },
  output_tokens_details: { reasoning_tokens: 11 },
};
const says = (output: readonly object[], more: object = {}): object => ({
  ...{ object: 'response', status: 'completed', incomplete_details: null, error: null },
  ...{ model: sampleModel, usage, output },
  ...more,
});
const texts = (said: readonly string[], status = 'completed'): object => ({
  ...{ type: 'message', role: 'assistant', status },
  content: said.map((each) => ({ type: 'output_text', text: each, annotations: [] })),
});
const text = (said: string): object => texts([said]);
const refused = (refusal: string): object => ({ type: 'message', status: 'completed', content: [{ type: 'refusal', refusal }] });
const call = (call_id: string, name: string, json: string): object => ({
  ...{ type: 'function_call', status: 'completed' },
  ...{ call_id, name, arguments: json },
});
const hello = [text('Hello world')];
const cut = (reason: string): object =>
  says([texts(['Hello world'], 'incomplete')], { status: 'incomplete', incomplete_details: { reason } });

const contract = dialectContract({
  dialect: responses,
  serve: (runner) => createGateway({ runner }),
  body: { model: sampleModel, input: 'hi' },
  readStream,
  differing: ['id', 'created_at', 'completed_at'],
  requests: [
    { name: 'a text', body: {}, turn: { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] } },
    { name: 'instructions', body: { instructions: 'Be brief.' }, turn: { system: [{ text: 'Be brief.' }] } },
  ],
  malformed: [
    { name: 'no model', body: { model: undefined }, param: 'model' },
    { name: 'an item that is none', body: { input: [{ type: 'message', role: 'cat', content: 'hi' }] }, param: 'input[0]' },
  ],
  replies: {
    text: says(hello),
    nothing: says([]),
    oddText: says([text(sampleOddText)]),
    longText: says([text('😀'.repeat(3000))]),
    twoTexts: says([texts(['One. ', 'Two.'])]),
    cited: says([{ type: 'message' }]),
    thinking: says([{ type: 'reasoning', summary: [] }, text('So')]),
    hiddenThinking: says([{ type: 'reasoning', summary: [] }, text('So')]),
    call: says([text('I look.'), call('toolu_1', 'look', '{"at":"Rome"}')]),
    callWithoutArguments: says([call('toolu_1', 'look', '{}')]),
    calls: says([call('toolu_1', 'look', '{"at":"Rome"}'), call('toolu_2', 'rest', '{}')]),
    others: says([text('Found')]),
    acting: says([texts(['I read. ', 'Done.'])]),
    maxTokens: cut('max_output_tokens'),
    contextWindow: cut('max_output_tokens'),
    stopSequence: says(hello),
    pause: says(hello),
    refusal: cut('content_filter'),
    refusalWithoutReason: says([refused('Claude declined to answer.')]),
  },
});

for (const { name, run } of contract) test(name, run);
