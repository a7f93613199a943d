import { expect, test } from 'vitest';
import { createGateway } from '../../../create-gateway.ts';
import { createScriptedRunner } from '../../../testing/index.ts';
import { parameters } from './parameters.ts';

interface Row {
  /** Values of a parameter without effect that must be named. */
  readonly ignored?: readonly unknown[];
  /** Values that must not be named. */
  readonly harmless?: readonly unknown[];
  /** Each gets a 400 that names the parameter, or the path given. */
  readonly malformed: readonly (readonly [value: unknown, param?: string])[];
}

const messages = [{ role: 'user', content: 'hi' }];
const definition = { name: 'look', parameters: { type: 'object', properties: {} } };
const tools = [{ type: 'function', function: definition }];

const rows: Record<string, Row> = {
  model: { malformed: [[undefined], [null], [1], ['']] },
  messages: {
    malformed: [
      [undefined],
      [null],
      [[]],
      ['hi'],
      [{}],
      [[1], 'messages[0]'],
      [[{ role: 'x', content: 'a' }], 'messages[0].role'],
      [[{ role: 'user' }], 'messages[0].content'],
    ],
  },
  system: { malformed: [[1], [{}], [[{ type: 'image' }], 'system[0].type'], [[{ type: 'text' }], 'system[0].text']] },
  stream: { malformed: [['yes'], [1]] },
  stream_options: { malformed: [[true], [{ include_usage: 'x' }, 'stream_options.include_usage']] },
  max_completion_tokens: { harmless: [0, -1], malformed: [[1.5], ['10']] },
  max_tokens: { harmless: [0, -1], malformed: [[1.5], ['10']] },
  temperature: { malformed: [[-0.1], [2.1], ['hot']] },
  top_p: { malformed: [[-0.1], [1.1], ['x']] },
  top_k: { harmless: [0], malformed: [[1.5], ['x']] },
  n: { malformed: [[0], [9], [1.5], ['2']] },
  stop: { harmless: [''], malformed: [[1], [['a', 'b', 'c', 'd', 'e']], [[1], 'stop[0]']] },
  frequency_penalty: { ignored: [0.5, -2, 2], harmless: [0], malformed: [[2.1], ['x']] },
  presence_penalty: { ignored: [0.5, -2, 2], harmless: [0], malformed: [[-2.1], ['x']] },
  logit_bias: { ignored: [{ 50_256: -100 }], harmless: [{}], malformed: [['x'], [{ 1: 101 }, 'logit_bias.1']] },
  logprobs: { ignored: [true], harmless: [false], malformed: [[1]] },
  top_logprobs: { harmless: [0], malformed: [[21], [-1], [1.5], ['x'], [5]] },
  seed: { malformed: [[1.5], ['x']] },
  tools: {
    malformed: [
      ['x'],
      [[{}], 'tools[0].type'],
      [[{ type: 'function', function: { name: 'a b' } }], 'tools[0].function.name'],
      [[...tools, ...tools]],
    ],
  },
  tool_choice: { malformed: [['any'], [{ type: 'function', function: { name: 'no' } }], ['required'], [1]] },
  parallel_tool_calls: { malformed: [['x'], [0]] },
  functions: { malformed: [['x'], [[{}], 'functions[0].name']] },
  function_call: { malformed: [['x'], [1]] },
  response_format: {
    malformed: [
      ['json'],
      [{ type: 'xml' }, 'response_format.type'],
      [{ type: 'json_schema' }, 'response_format.json_schema'],
      [{ type: 'json_schema', json_schema: { name: 'x' } }, 'response_format.json_schema.schema'],
      [{ type: 'json_schema', json_schema: { name: 'a b', schema: {} } }, 'response_format.json_schema.name'],
    ],
  },
  reasoning_effort: { malformed: [['hard'], [1], [true]] },
  reasoning: { malformed: [['high'], [{ effort: 'x' }, 'reasoning.effort']] },
  thinking: {
    malformed: [
      ['on'],
      [{ type: 'on' }, 'thinking.type'],
      [{ type: 'enabled' }, 'thinking.budget_tokens'],
      [{ type: 'enabled', budget_tokens: 1000 }, 'thinking.budget_tokens'],
    ],
  },
  verbosity: { ignored: ['low', 'high'], harmless: ['medium'], malformed: [['x'], [1]] },
  modalities: { ignored: [['text', 'audio']], harmless: [['text']], malformed: [['text'], [['video'], 'modalities[0]']] },
  audio: { ignored: [{ voice: 'alloy', format: 'wav' }], malformed: [['x']] },
  prediction: { ignored: [{ type: 'content', content: 'x' }], malformed: [['x'], [{ type: 'y' }, 'prediction.type']] },
  web_search_options: { ignored: [{}], malformed: [['x']] },
  metadata: {
    harmless: [{ a: 1 }],
    malformed: [
      ['x'],
      [{ a: 'x'.repeat(513) }, 'metadata.a'],
      [Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`key${index}`, 'x']))],
    ],
  },
  activity: { malformed: [['all'], [1]] },
  conversation_id: { malformed: [[1], [{}]] },
  store: { malformed: [['x']] },
  service_tier: { ignored: ['flex', 'priority'], harmless: ['auto', 'default'], malformed: [[1]] },
  user: { malformed: [[1]] },
  safety_identifier: { malformed: [['x'.repeat(65)], [1]] },
  prompt_cache_key: { ignored: ['x'], malformed: [[1]] },
  prompt_cache_retention: { ignored: ['24h'], malformed: [[1]] },
  prompt_cache_options: { ignored: [{ mode: 'x' }], malformed: [['x']] },
  moderation: { ignored: [{ model: 'x' }], malformed: [['x']] },
};

const names = Object.keys(parameters);
const every = <Value>(pick: (row: Row) => readonly Value[] | undefined): { name: string; value: Value }[] =>
  names.flatMap((name) => (pick(rows[name] ?? { malformed: [] }) ?? []).map((value) => ({ name, value })));

async function ask(body: object, headers: Record<string, string> = {}) {
  const runner = createScriptedRunner();
  const response = await createGateway({ runner }).request('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'sonnet', messages, ...body }),
  });
  return {
    status: response.status,
    ignored: response.headers.get('x-ignored-parameters'),
    body: (await response.json()) as unknown,
    turns: runner.turns.length,
  };
}

const strict = { 'x-strict-parameters': 'true' };
const refused = (param: string, code: unknown = expect.any(String)): object => ({
  error: { type: 'invalid_request_error', param, code, message: expect.stringMatching(/./) as string },
});

test('every parameter has its row here', () => {
  expect(Object.keys(rows).toSorted()).toEqual(names.toSorted());
  for (const [name, { support }] of Object.entries(parameters)) {
    const { ignored = [], harmless = [], malformed } = rows[name] ?? { malformed: [] };
    expect(malformed.length, name).toBeGreaterThan(0);
    if (support === 'ignored') expect(ignored.length + harmless.length, name).toBeGreaterThan(0);
  }
});

test.each(every((row) => row.ignored))('$name has no effect, and is named: $value', async ({ name, value }) => {
  expect(await ask({ [name]: value })).toMatchObject({ status: 200, ignored: name, turns: 1 });
  expect(await ask({ [name]: value }, strict)).toMatchObject({ status: 400, body: refused(name, 'unsupported_parameter'), turns: 0 });
});

test.each(every((row) => row.harmless))('$name asks for nothing: $value', async ({ name, value }) => {
  expect(await ask({ [name]: value }, strict)).toMatchObject({ status: 200, ignored: null });
});

test.each(every((row) => row.malformed))('$name is malformed: $value', async ({ name, value: [value, param = name] }) => {
  const { status, body, turns } = await ask({ [name]: value });
  expect({ status, body, turns }).toEqual({ status: 400, body: refused(param), turns: 0 });
});

test.each(names.filter((name) => name !== 'model' && name !== 'messages'))('%s may be null', async (name) => {
  expect(await ask({ [name]: null }, strict)).toMatchObject({ status: 200, ignored: null });
});
