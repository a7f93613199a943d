import * as fc from 'fast-check';
import { placeholder } from './placeholder.ts';

const pixel = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

/** The last two have the scripted runner fail; the one before throws what is no `GatewayError`. */
const text = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('hi', 'Tell me more.', 'Füße 🦶', 'two\nlines', 'call a tool', 'say nothing', 'be cut') },
  { weight: 5, arbitrary: fc.string({ minLength: 1, maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom('break unexpectedly', 'break late', 'be overloaded') },
);

const part = fc.oneof(
  { weight: 3, arbitrary: text.map((value) => ({ type: 'text', text: value })) },
  { weight: 1, arbitrary: fc.constant({ type: 'image_url', image_url: { url: pixel } }) },
  { weight: 1, arbitrary: fc.constant({ type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('SGVsbG8=', '/w==').map((data) => ({ type: 'file', file: { file_data: data, filename: 'a.txt' } })),
  },
);
const content = fc.oneof({ weight: 3, arbitrary: text }, { weight: 1, arbitrary: fc.array(part, { minLength: 1, maxLength: 3 }) });

const deepArguments = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;

const user = content.map((value) => [{ role: 'user', content: value }]);
const assistant = text.map((value) => [{ role: 'assistant', content: value }]);
const system = text.chain((value) => fc.constantFrom('system', 'developer').map((role) => [{ role, content: value }]));
const called = fc
  .tuple(fc.array(fc.constantFrom('{}', '{"a":1}', '{"a":', '', deepArguments), { minLength: 1, maxLength: 3 }), content)
  .map(([calls, result]) => [
    {
      role: 'assistant',
      content: null,
      tool_calls: calls.map((value, index) => ({ id: `call_${index}`, type: 'function', function: { name: 'look_up', arguments: value } })),
    },
    ...calls.map((_, index) => ({ role: 'tool', tool_call_id: `call_${index}`, content: result })),
  ]);
const calledOldForm = text.map((value) => [
  { role: 'assistant', content: null, function_call: { name: 'look_up', arguments: '{}' } },
  { role: 'function', name: 'look_up', content: value },
]);

const messages = fc
  .tuple(
    fc.array(
      fc.oneof(
        { weight: 4, arbitrary: user },
        { weight: 3, arbitrary: assistant },
        { weight: 2, arbitrary: system },
        { weight: 2, arbitrary: called },
        { weight: 1, arbitrary: calledOldForm },
      ),
      { maxLength: 4 },
    ),
    user,
  )
  .map(([earlier, last]): object[] => [...earlier.flat(), ...last]);

const schema = fc.constantFrom<object>(
  { type: 'object', properties: { a: { type: 'number' } }, required: ['a'], additionalProperties: false },
  { properties: { list: { type: 'array', items: { $ref: '#/$defs/one' } } }, $defs: { one: { type: 'string', pattern: '^a+$' } } },
  {},
  // What the scripted runner says does not fit this one.
  { type: 'object', required: ['b'] },
  // By these no answer can be checked.
  { type: 'object', properties: { a: { pattern: '(' } } },
  { $ref: '#/$defs/nowhere' },
);
const definition = fc.record(
  { name: fc.constantFrom('look_up', 'other-tool'), description: text, parameters: schema, strict: fc.boolean() },
  { requiredKeys: ['name'] },
);
const definitions = fc.uniqueArray(definition, { selector: ({ name }) => name, maxLength: 2 });
const effort = fc.constantFrom('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max');

/** Every parameter, with values that are valid by themselves; together they may still be refused. */
const optional = {
  stream: fc.boolean(),
  stream_options: fc.record({ include_usage: fc.boolean() }),
  max_completion_tokens: fc.integer({ min: 1, max: 100_000 }),
  max_tokens: fc.integer({ min: 1, max: 100_000 }),
  temperature: fc.constantFrom(0, 0.5, 1, 2),
  top_p: fc.constantFrom(0, 0.5, 1),
  top_k: fc.integer({ min: 1, max: 500 }),
  n: fc.integer({ min: 1, max: 3 }),
  stop: fc.constantFrom<unknown>('end', ['a', 'b'], ' ', []),
  frequency_penalty: fc.constantFrom(0, -2, 1.5),
  presence_penalty: fc.constantFrom(0, 2),
  logit_bias: fc.constantFrom({}, { '50256': -100 }),
  logprobs: fc.boolean(),
  top_logprobs: fc.integer({ min: 0, max: 20 }),
  seed: fc.integer(),
  tools: definitions.map((all) => all.map((each) => ({ type: 'function', function: each }))),
  tool_choice: fc.constantFrom<unknown>('none', 'auto', 'required', { type: 'function', function: { name: 'look_up' } }),
  parallel_tool_calls: fc.boolean(),
  functions: definitions,
  function_call: fc.constantFrom<unknown>('none', 'auto', { name: 'look_up' }),
  response_format: fc.oneof(
    fc.constantFrom<object>({ type: 'text' }, { type: 'json_object' }),
    schema.map((value): object => ({ type: 'json_schema', json_schema: { name: 'answer', schema: value } })),
  ),
  reasoning_effort: effort,
  reasoning: fc.record({ effort }),
  thinking: fc.constantFrom<object>({ type: 'disabled' }, { type: 'adaptive' }, { type: 'enabled', budget_tokens: 2048 }),
  verbosity: fc.constantFrom('low', 'medium', 'high'),
  modalities: fc.constantFrom(['text'], ['text', 'audio']),
  audio: fc.constant({ voice: 'alloy' }),
  prediction: fc.constant({ type: 'content', content: 'x' }),
  web_search_options: fc.constant({}),
  metadata: fc.oneof(
    fc.constant<object>({ topic: 'tests' }),
    placeholder.map((id): object => ({ conversation_id: id })),
  ),
  conversation_id: placeholder,
  store: fc.boolean(),
  activity: fc.constantFrom('none', 'events', 'reasoning'),
  service_tier: fc.constantFrom('auto', 'flex'),
  user: text,
  safety_identifier: fc.constant('somebody'),
  prompt_cache_key: fc.constant('key'),
  prompt_cache_retention: fc.constant('24h'),
  prompt_cache_options: fc.constant({}),
  moderation: fc.constant({}),
};

const model = fc.constantFrom('sonnet', 'claude-sonnet-5-5', 'gpt-4o', 'agent/sonnet', 'agent');

/** Many callers stream, which one parameter among so many would seldom say. */
const streaming = fc.constantFrom<object>({}, {}, { stream: true });

/** Bodies of chat completions with a few of the parameters, all well formed. */
export const validChatBody: fc.Arbitrary<object> = fc
  .tuple(model, messages, streaming, fc.subarray(Object.keys(optional) as (keyof typeof optional)[], { maxLength: 6 }))
  .chain(([name, said, streamed, keys]) =>
    fc
      .record(Object.fromEntries(keys.map((key) => [key, optional[key] as fc.Arbitrary<unknown>])))
      .map((given) => ({ model: name, messages: said, ...streamed, ...given })),
  );
