import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { GatewayError } from '../../gateway-error.ts';
import { createMemoryConversationStore, createScriptedRunner, type Script } from '../../testing/index.ts';
import type { Turn } from '../../turn/turn.ts';
import { noUsage } from '../../turn/usage.ts';

const textOf = (turn: Turn): string =>
  turn.messages.flatMap(({ content }) => content.map((block) => ('text' in block ? block.text : ''))).join();

const saying: Script = (turn) => [
  { type: 'turn-start', model: turn.model, usage: noUsage },
  { type: 'thinking-delta', thinking: 'hm' },
  { type: 'text-delta', text: `re ` },
  { type: 'text-delta', text: textOf(turn) },
  { type: 'usage', usage: { ...noUsage, inputTokens: 3, outputTokens: 2 } },
  { type: 'turn-end', reason: textOf(turn) === 'long' ? 'max_tokens' : textOf(turn) === 'bad' ? 'refusal' : 'end_turn' },
];

async function asked(body: object, { script = saying, headers = {} }: { script?: Script; headers?: Record<string, string> } = {}) {
  const runner = createScriptedRunner({ script });
  const app = createGateway({ runner, conversations: { store: createMemoryConversationStore({}) } });
  const response = await app.request('/v1/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'sonnet', prompt: 'hi', ...body }),
  });
  const text = await response.text();
  const chunks = text.startsWith('data:')
    ? text
        .split('\n\n')
        .filter((line) => line.startsWith('data: {'))
        .map((line) => JSON.parse(line.slice(6)))
    : [];
  return { response, text, chunks, reply: text.startsWith('{') ? JSON.parse(text) : undefined, turns: runner.turns };
}

test('one prompt', async () => {
  const { reply, turns, response } = await asked({});
  expect(reply).toEqual({
    id: expect.stringMatching(/^cmpl-./),
    object: 'text_completion',
    created: expect.any(Number),
    model: 'sonnet',
    system_fingerprint: expect.any(String),
    choices: [{ text: 're hi', index: 0, logprobs: null, finish_reason: 'stop' }],
    usage: expect.objectContaining({ prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }),
  });
  expect(turns).toMatchObject([{ system: [], messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }], tools: [] }]);
  expect(response.headers.get('x-conversation-id')).toBeNull();
});

test('several prompts, each n times: prompt by prompt, usage added up', async () => {
  const { reply, turns } = await asked({ prompt: ['a', 'long', 'bad'], n: 2, echo: true });
  expect(reply.choices).toEqual(
    [
      ['are a', 'stop'],
      ['are a', 'stop'],
      ['longre long', 'length'],
      ['longre long', 'length'],
      ['badre bad', 'content_filter'],
      ['badre bad', 'content_filter'],
    ].map(([text, reason], index) => ({ text, index, logprobs: null, finish_reason: reason })),
  );
  expect(reply.usage).toMatchObject({ prompt_tokens: 18, completion_tokens: 12 });
  expect(turns).toHaveLength(6);
});

test('streamed says the same as whole', async () => {
  const body = { prompt: ['a', 'long'], n: 2, echo: true };
  const { reply } = await asked(body);
  const { chunks, response, text } = await asked({ ...body, stream: true, stream_options: { include_usage: true } });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  const texts = ['', '', '', ''];
  for (const { choices } of chunks) for (const { index, text: piece } of choices) texts[index] += piece;
  expect(texts).toEqual(reply.choices.map((choice: { text: string }) => choice.text));
  expect(
    chunks
      .flatMap(({ choices }) => choices)
      .filter((choice) => choice.finish_reason === 'length')
      .map(({ index }) => index)
      .toSorted((one, other) => one - other),
  ).toEqual([2, 3]);
  expect(chunks.at(-1)).toMatchObject({ object: 'text_completion', choices: [], usage: reply.usage });
  expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
});

test.each<[string, object, Partial<Turn['sampling']>]>([
  [
    'sampling',
    { temperature: 0.5, top_p: 0.9, max_tokens: 7, stop: 'END' },
    { temperature: 0.5, topP: 0.9, maxOutputTokens: 7, stopSequences: ['END'] },
  ],
  ['defaults', { temperature: 1, top_p: 1, max_tokens: -1, stop: null }, {}],
  ['what is hotter than Claude is', { temperature: 2, stop: ['a', 'b'] }, { stopSequences: ['a', 'b'] }],
])('%s', async (_, body, sampling) => {
  expect((await asked(body)).turns[0]?.sampling).toEqual(sampling);
});

test.each<[string, object, string, string]>([
  ['no prompt', { prompt: undefined }, 'prompt', 'missing_required_parameter'],
  ['an empty list', { prompt: [] }, 'prompt', 'invalid_value'],
  ['a blank prompt', { prompt: ' ' }, 'prompt', 'invalid_value'],
  ['a blank prompt among others', { prompt: ['a', ''] }, 'prompt', 'invalid_value'],
  ['token ids', { prompt: [1, 2] }, 'prompt', 'unsupported_value'],
  ['lists of token ids', { prompt: ['a', [1, 2]] }, 'prompt[1]', 'unsupported_value'],
  ['something else', { prompt: ['a', null] }, 'prompt[1]', 'invalid_type'],
  ['a number', { prompt: 7 }, 'prompt', 'invalid_type'],
  ['too many', { prompt: Array.from({ length: 33 }, () => 'a'), n: 2 }, 'prompt', 'invalid_value'],
  ['a suffix', { suffix: 'end' }, 'suffix', 'unsupported_parameter'],
  ['five stops', { stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop', 'invalid_type'],
  ['n of 0', { n: 0 }, 'n', 'invalid_value'],
])('%s is a 400', async (_, body, param, code) => {
  for (const stream of [false, true]) {
    const { response, reply, turns } = await asked({ ...body, stream });
    expect([response.status, reply.error.param, reply.error.code]).toEqual([400, param, code]);
    expect(turns).toEqual([]);
  }
});

test('a seed may be any 64-bit integer', async () => {
  expect((await asked({ seed: 2 ** 62 })).response.status).toBe(200);
});

test('of several turns the first failure is the reply, and ends the others', async () => {
  const script: Script = (turn) => {
    if (textOf(turn) === 'b') throw new GatewayError('Not this one.', { status: 429, code: 'rate_limit_exceeded' });
    return saying(turn, new AbortController().signal);
  };
  const whole = await asked({ prompt: ['a', 'b'] }, { script });
  expect([whole.response.status, whole.reply.error.message]).toEqual([429, 'Not this one.']);
});

test('several prompts can’t go on in one conversation', async () => {
  const { response, reply } = await asked({ prompt: ['a', 'b'] }, { headers: { 'x-conversation-id': 'conv_x' } });
  expect([response.status, reply.error.code]).toEqual([400, 'invalid_value']);
});
