import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { dialectContract, sampleModel, sampleOddText, type StreamedReply } from '../../testing/index.ts';
import { callBlock } from '../../turn/block-events.ts';
import { chatCompletions } from './chat-completions.ts';

interface Delta {
  readonly content?: string;
  readonly refusal?: string;
  readonly reasoning_content?: string;
  readonly function_call?: { readonly name?: string; readonly arguments: string };
  readonly tool_calls?: readonly [ToolCallDelta];
}

interface ToolCallDelta {
  readonly index: number;
  readonly id?: string;
  readonly function?: { readonly name?: string; readonly arguments: string };
  readonly custom?: { readonly name?: string; readonly input: string };
}

interface Chunk {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly system_fingerprint: string;
  readonly choices: readonly { readonly index: number; readonly delta: Delta; readonly finish_reason: string | null }[];
  readonly usage?: object | null;
  readonly activity?: { readonly id: string; readonly status: string };
  readonly error?: { readonly message: string };
}

type Field = 'content' | 'refusal' | 'reasoning_content';

/** As OpenAI's SDK puts the chunks together. */
function readStream(text: string): StreamedReply {
  const frames = text.replaceAll(/^: keep-alive\n/gm, '').split('\n\n');
  expect(frames.slice(-2)).toEqual(['data: [DONE]', '']);
  const chunks = frames.slice(0, -2).map((frame) => JSON.parse(/^data: ([^\n]*)$/.exec(frame)?.[1] ?? '') as Chunk);
  const last = chunks.at(-1);
  if (last?.error !== undefined) return { error: last.error.message };
  expect(new Set(chunks.map(({ id, created, model }) => `${id} ${created} ${model}`)).size).toBe(1);
  expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' });
  expect(chunks.filter(({ choices: [choice] }) => typeof choice?.finish_reason === 'string')).toHaveLength(1);
  expect(last).toMatchObject({ choices: [], usage: expect.any(Object) as object });
  const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
  const joined = (field: Field): string => deltas.map((delta) => delta[field] ?? '').join('');
  const calls: { id: string; type: string; function?: { name: string; arguments: string }; custom?: { name: string; input: string } }[] =
    [];
  for (const { tool_calls: [call] = [] } of deltas) {
    if (call === undefined) continue;
    const { index, ...begun } = call;
    const known = calls[index];
    if (known === undefined) calls.push({ type: 'function', ...structuredClone(begun) } as never);
    if (known?.function) known.function.arguments += call.function?.arguments;
    if (known?.custom) known.custom.input += call.custom?.input;
  }
  const older = deltas.flatMap(({ function_call: call }) => call ?? []);
  const [content, refusal, reasoning] = (['content', 'refusal', 'reasoning_content'] as const).map(joined);
  const finish = chunks.flatMap(({ choices }) => choices.map(({ finish_reason: reason }) => reason)).find((reason) => reason !== null);
  const message = {
    role: 'assistant',
    // Whole replies tell what is not there by null, where there is something else.
    content: content === '' && (calls.length > 0 || older.length > 0) ? null : content,
    refusal: refusal === '' ? null : refusal,
    annotations: [],
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(older.length > 0 && {
      function_call: { name: older[0]?.name, arguments: older.map((call) => call.arguments).join('') },
    }),
  };
  const { id, created, model, system_fingerprint } = last!;
  return {
    reply: {
      ...{ id, created, model, system_fingerprint, object: 'chat.completion', service_tier: 'default', usage: last!.usage },
      choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
    },
  };
}

const usage = {
  ...{ prompt_tokens: 10, completion_tokens: 70, total_tokens: 80 },
  prompt_tokens_details: { cached_tokens: 3 },
  completion_tokens_details: { reasoning_tokens: 11 },
};
const says = (message: object, finish_reason = 'stop'): object => ({
  ...{ object: 'chat.completion', model: sampleModel, usage },
  choices: [{ index: 0, finish_reason, message: { role: 'assistant', refusal: null, ...message } }],
});
const call = (id: string, name: string, json: string): object => ({ id, type: 'function', function: { name, arguments: json } });
const hello = { content: 'Hello world' };
const tools = [{ type: 'function', function: { name: 'look' } }];
const thinks = { thinking: { type: 'adaptive' } };

const contract = dialectContract({
  dialect: chatCompletions,
  serve: (runner) => createGateway({ runner }),
  body: { model: sampleModel, messages: [{ role: 'user', content: 'hi' }] },
  streamed: { stream: true, stream_options: { include_usage: true } },
  readStream,
  differing: ['id', 'created'],
  requests: [
    { name: 'a text', body: {}, turn: { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }], tools: [], system: [] } },
    {
      name: 'a system prompt',
      body: {
        messages: [
          { role: 'developer', content: 'Be brief.' },
          { role: 'user', content: [{ type: 'text', text: 'hi' }] },
        ],
      },
      turn: { system: [{ text: 'Be brief.' }], messages: [{ content: [{ text: 'hi' }] }] },
    },
    {
      name: 'sampling',
      body: { temperature: 0.5, top_p: 0.9, stop: ['END', ''], max_completion_tokens: 7 },
      turn: { sampling: { temperature: 0.5, topP: 0.9, stopSequences: ['END'], maxOutputTokens: 7 } },
    },
    { name: 'effort', body: { reasoning_effort: 'low' }, turn: { effort: 'low', ...thinks } },
    { name: 'what is not Claude’s', body: { logit_bias: {}, seed: 1 }, turn: {}, ignored: ['seed'] },
    {
      name: 'tools',
      body: { tools, tool_choice: 'required', parallel_tool_calls: false },
      turn: { tools: [{ name: 'look' }], toolChoice: { type: 'any', disableParallel: true } },
    },
    {
      name: 'a call and its result',
      body: {
        tools,
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'assistant', content: null, tool_calls: [call('toolu_1', 'look', '{"at":1}')] },
          { role: 'tool', tool_call_id: 'toolu_1', content: 'Rain' },
        ],
      },
      turn: {
        messages: [
          {},
          { content: [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 1 } }] },
          { content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [{ text: 'Rain' }] }] },
        ],
      },
    },
    {
      name: 'a schema',
      body: { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } } },
      turn: { outputSchema: { type: 'object' } },
    },
    { name: 'fields that ask for nothing', body: { stop: null, top_k: 0, max_tokens: -1, verbosity: '' }, turn: { sampling: {} } },
  ],
  malformed: [
    { name: 'no model', body: { model: undefined }, param: 'model' },
    { name: 'no messages', body: { messages: [] }, param: 'messages' },
    { name: 'a role that is none', body: { messages: [{ role: 'cat', content: 'hi' }] }, param: 'messages[0].role' },
    { name: 'a content that is none', body: { messages: [{ role: 'user', content: 7 }] }, param: 'messages[0].content' },
    { name: 'a temperature that is none', body: { temperature: 'hot' }, param: 'temperature' },
    { name: 'a tool that is given twice', body: { tools: [...tools, ...tools] }, param: 'tools' },
    {
      name: 'a result of no call',
      body: {
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'tool', tool_call_id: 'x', content: 'r' },
        ],
      },
      param: 'messages[1].tool_call_id',
    },
    {
      name: 'a schema that is none',
      body: { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: 7 } } },
      param: 'response_format',
    },
  ],
  replies: {
    text: says(hello),
    nothing: says({ content: '' }),
    oddText: says({ content: sampleOddText }),
    longText: says({ content: '😀'.repeat(3000) }),
    twoTexts: says({ content: 'One. Two.' }),
    cited: says({ content: 'so' }),
    thinking: says({ content: 'So', reasoning_content: 'Let me see' }),
    hiddenThinking: says({ content: 'So', reasoning_content: undefined }),
    call: says({ content: 'I look.', tool_calls: [call('toolu_1', 'look', '{"at":"Rome"}')] }, 'tool_calls'),
    callWithoutArguments: says({ content: null, tool_calls: [call('toolu_1', 'look', '{}')] }, 'tool_calls'),
    calls: says({ content: null, tool_calls: [call('toolu_1', 'look', '{"at":"Rome"}'), call('toolu_2', 'rest', '{}')] }, 'tool_calls'),
    others: says({ content: 'Found', tool_calls: undefined }),
    acting: says({ content: 'I read. Done.' }),
    maxTokens: says(hello, 'length'),
    contextWindow: says(hello, 'length'),
    stopSequence: says(hello),
    pause: says(hello),
    refusal: says({ ...hello, refusal: 'It would do harm.' }, 'content_filter'),
    refusalWithoutReason: says({ content: '' }, 'content_filter'),
  },
  moreReplies: [
    {
      name: 'a call in the older form',
      body: { functions: [{ name: 'look' }] },
      says: callBlock(0, { id: 'toolu_1', name: 'look' }, ['{"at":', '1}']),
      end: { reason: 'tool_use' },
      whole: says({ content: null, function_call: { name: 'look', arguments: '{"at":1}' }, tool_calls: undefined }, 'function_call'),
    },
    {
      name: 'a call of a custom tool',
      body: { tools: [{ type: 'custom', custom: { name: 'look' } }] },
      says: callBlock(0, { id: 'toolu_1', name: 'look' }, ['{"in', 'put":"a\\n', 'b"}']),
      end: { reason: 'tool_use' },
      whole: says({ tool_calls: [{ id: 'toolu_1', type: 'custom', custom: { name: 'look', input: 'a\nb' } }] }, 'tool_calls'),
    },
  ],
});

for (const { name, run } of contract) test(name, run);

test('without being asked for it, a stream tells no usage', () => {
  const request = chatCompletions.parse({ model: sampleModel, messages: [{ role: 'user', content: 'hi' }], stream: true }, new Headers());
  const answer = { turns: [], conversationId: () => undefined, cache: undefined, activity: 'none' } as const;
  const writer = chatCompletions.replyStreamed(request, { ...answer, turns: [(async function* () {})()] });
  expect([...writer.write({ type: 'text-delta', index: 0, text: 'a' }, 0), ...writer.end()].join('')).not.toContain('usage');
});
