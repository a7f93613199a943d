import { describe, expect, test } from 'vitest';
import { createGateway } from '../create-gateway.ts';
import { createScriptedRunner } from '../testing/create-scripted-runner.ts';
import { parameters as chatParameters } from './chat-completions/request/parameters.ts';
import { parameters as completionParameters } from './completions/parameters.ts';
import { parameters as messagesParameters } from './messages/request/parameters.ts';
import type { Parameters } from './parameters.ts';
import { parameters as responsesParameters } from './responses/request/parameters.ts';

interface Row {
  /** Values that have no effect, and are named. */
  readonly ignored?: readonly unknown[];
  /** Values that ask for nothing special, or are taken. */
  readonly harmless?: readonly unknown[];
  /** Values that are a 400, with the path that it names where that is deeper. */
  readonly malformed: readonly (readonly [value: unknown, param?: string])[];
}

type Rows = Readonly<Record<string, Row>>;

const messages = [{ role: 'user', content: 'hi' }];
const definition = { name: 'look', parameters: { type: 'object', properties: {} } };
const tools = [{ type: 'function', function: definition }];

const chatRows: Rows = {
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

const responsesRows: Rows = {
  model: { malformed: [[undefined], [5], ['']] },
  input: { malformed: [[5], [{}], [[5], 'input[0]'], [[{ role: 'x' }], 'input[0].role'], [[{ type: 'function_call' }], 'input[0].name']] },
  instructions: { harmless: ['Be brief.'], malformed: [[5], [['x']]] },
  stream: { malformed: [['yes'], [1]] },
  stream_options: {
    harmless: [{ include_obfuscation: true }],
    malformed: [['x'], [{ include_obfuscation: 1 }, 'stream_options.include_obfuscation']],
  },
  max_output_tokens: { harmless: [16], malformed: [[0], [1.5], ['16']] },
  temperature: { harmless: [0, 1, 2], malformed: [[-1], [2.1], ['1']] },
  top_p: { harmless: [0.5, 1], malformed: [[-1], [1.1], ['1']] },
  top_logprobs: { ignored: [5], harmless: [0], malformed: [[21], [-1], ['5']] },
  tools: {
    harmless: [[], [{ type: 'function', name: 'f' }]],
    malformed: [['x'], [[5], 'tools[0]'], [[{ type: 'function' }], 'tools[0].name']],
  },
  tool_choice: { harmless: ['auto', 'none'], malformed: [['x'], [5]] },
  parallel_tool_calls: { harmless: [true, false], malformed: [['x']] },
  max_tool_calls: { harmless: [5], malformed: [[0], ['5']] },
  text: { harmless: [{}, { format: { type: 'text' } }], malformed: [['x']] },
  'text.format': {
    malformed: [
      [{ type: 'x' }, 'text.format.type'],
      [{ type: 'json_schema', name: 'x' }, 'text.format.schema'],
    ],
  },
  'text.verbosity': { ignored: ['low', 'high'], harmless: ['medium'], malformed: [['x'], [5]] },
  reasoning: { harmless: [{}, { effort: 'low', summary: 'auto' }], malformed: [['high']] },
  'reasoning.effort': { harmless: ['none', 'minimal', 'max'], malformed: [['x'], [5]] },
  'reasoning.summary': { harmless: ['auto', 'concise', 'detailed'], malformed: [['x']] },
  'reasoning.context': { ignored: ['all_turns'], harmless: ['auto'], malformed: [] },
  'reasoning.mode': { ignored: ['pro'], harmless: ['standard'], malformed: [] },
  include: {
    ignored: [['message.output_text.logprobs'], ['whatever']],
    harmless: [[], ['reasoning.encrypted_content']],
    malformed: [['x'], [[5], 'include[0]']],
  },
  store: { harmless: [true, false], malformed: [['x']] },
  previous_response_id: { malformed: [[5], ['resp_unknown']] },
  conversation: { malformed: [[5], [{}, 'conversation.id']] },
  background: { harmless: [false], malformed: [['x']] },
  metadata: {
    harmless: [{ a: 'b' }],
    malformed: [
      ['x'],
      [{ a: 'x'.repeat(513) }, 'metadata.a'],
      [Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`key${index}`, 'x']))],
    ],
  },
  activity: { harmless: ['none', 'events', 'reasoning'], malformed: [['all']] },
  user: { harmless: ['u'], malformed: [[1]] },
  safety_identifier: { harmless: ['s'], malformed: [['x'.repeat(129)], [1]] },
  prompt_cache_key: { ignored: ['x'], malformed: [[1]] },
  prompt_cache_retention: { ignored: ['24h'], malformed: [[1]] },
  prompt_cache_options: { ignored: [{ mode: 'x' }], malformed: [['x']] },
  service_tier: { ignored: ['flex'], harmless: ['auto', 'default'], malformed: [[1]] },
  truncation: { ignored: ['auto'], harmless: ['disabled'], malformed: [['x']] },
  context_management: { ignored: [[{ type: 'compaction' }]], harmless: [[]], malformed: [['x']] },
  prompt: { malformed: [[{ id: 'x' }], ['x']] },
  moderation: { ignored: [{ model: 'x' }], malformed: [['x']] },
  client_metadata: { ignored: [{ a: 'b' }], malformed: [['x']] },
};

const completionRows: Rows = {
  model: { malformed: [[undefined], [null], [1], ['']] },
  prompt: { malformed: [[undefined], [null], [7], [{}], [[]], [[1], 'prompt'], [['a', null], 'prompt[1]'], [' ']] },
  stream: { malformed: [['yes'], [1]] },
  stream_options: { malformed: [[true], [{ include_usage: 'x' }, 'stream_options.include_usage']] },
  max_tokens: { harmless: [0, -1], malformed: [[1.5], ['10']] },
  temperature: { malformed: [[-0.1], [2.1], ['hot']] },
  top_p: { malformed: [[-0.1], [1.1], ['x']] },
  n: { malformed: [[0], [9], [1.5], ['2']] },
  best_of: { ignored: [3], harmless: [1], malformed: [[0], [21], ['x']] },
  stop: { harmless: [''], malformed: [[1], [['a', 'b', 'c', 'd', 'e']], [[1], 'stop[0]']] },
  echo: { harmless: [false], malformed: [['x']] },
  suffix: { harmless: [''], malformed: [['end'], [1]] },
  seed: { harmless: [-1], malformed: [[1.5], ['x']] },
  logprobs: { ignored: [0, 5], malformed: [[6], [-1], [true]] },
  logit_bias: { ignored: [{ 1: 1 }], harmless: [{}], malformed: [['x']] },
  frequency_penalty: { ignored: [1], harmless: [0], malformed: [[2.1], ['x']] },
  presence_penalty: { ignored: [1], harmless: [0], malformed: [[-2.1], ['x']] },
  user: { malformed: [[1]] },
};

const messagesRows: Rows = {
  model: { malformed: [[undefined], [null], [1], ['']] },
  messages: { malformed: [[undefined], [null], ['hi'], [[]], [[1], 'messages[0]'], [[{ role: 'x', content: 'a' }], 'messages[0].role']] },
  system: { harmless: ['Be brief.'], malformed: [[1], [{}], [[{ type: 'text' }], 'system[0].text']] },
  max_tokens: { malformed: [[undefined], [null], [-1], [1.5], ['10']] },
  stream: { malformed: [['yes'], [1]] },
  stop_sequences: { harmless: [[]], malformed: [['x'], [[1], 'stop_sequences[0]']] },
  temperature: { harmless: [0, 1], malformed: [[-0.1], [1.1], ['hot']] },
  top_p: { malformed: [[-0.1], [1.1], ['x']] },
  top_k: { malformed: [[-1], [1.5], ['x']] },
  thinking: { malformed: [['on'], [{ type: 'on' }, 'thinking.type'], [{ type: 'enabled' }, 'thinking.budget_tokens']] },
  output_config: {
    malformed: [['x'], [{ effort: 'x' }, 'output_config.effort'], [{ format: { type: 'x' } }, 'output_config.format.type']],
  },
  output_format: { malformed: [['x'], [{ type: 'json_schema' }, 'output_format.schema']] },
  tools: { harmless: [[]], malformed: [['x'], [[{}], 'tools[0]']] },
  tool_choice: { malformed: [['x'], [{ type: 'x' }, 'tool_choice.type'], [{ type: 'tool', name: 'no' }]] },
  metadata: { harmless: [{ user_id: 'me' }], malformed: [['x'], [{ user_id: 1 }, 'metadata.user_id']] },
  speed: { ignored: ['fast'], harmless: ['standard'], malformed: [] },
  billing_policy: { ignored: [{}], malformed: [] },
  betas: { ignored: [['x']], malformed: [] },
  mcp_servers: { malformed: [[[{ type: 'url', name: 'a', url: 'https://a' }]]] },
  container: { malformed: [['c_1']] },
  thread: { malformed: [[{ id: 't' }]] },
};

interface Case {
  readonly path: string;
  readonly parameters: Parameters;
  readonly rows: Rows;
  /** The least that can be asked. */
  readonly body: object;
  /** How a 400 tells of a parameter. */
  readonly refused: (param: string, code?: string) => object;
}

const matching = (pattern: RegExp): string => expect.stringMatching(pattern) as string;
const byOpenai = (param: string, code: string = matching(/./)): object => ({
  error: { type: 'invalid_request_error', param, code, message: matching(/./) },
});
const byAnthropic = (param: string, code: string = matching(/./)): object => ({
  type: 'error',
  error: { type: 'invalid_request_error', message: expect.stringContaining(param) as string, details: { error_code: code } },
  request_id: matching(/./),
});
const model = 'sonnet';
const cases: readonly Case[] = [
  { path: '/v1/chat/completions', parameters: chatParameters, rows: chatRows, body: { model, messages }, refused: byOpenai },
  { path: '/v1/responses', parameters: responsesParameters, rows: responsesRows, body: { model, input: 'hi' }, refused: byOpenai },
  { path: '/v1/completions', parameters: completionParameters, rows: completionRows, body: { model, prompt: 'hi' }, refused: byOpenai },
  {
    path: '/v1/messages',
    parameters: messagesParameters,
    rows: messagesRows,
    body: { model, max_tokens: 100, messages },
    refused: byAnthropic,
  },
];
const strict = { 'x-strict-parameters': 'true' };
const replyForms = [{}, { stream: true }];

function toBody(name: string, value: unknown): object {
  const [key = '', within] = name.split('.');
  return { [key]: within === undefined ? value : { [within]: value } };
}

describe.each(cases)('$path', ({ path, parameters, rows, body: least, refused }) => {
  const names = Object.keys(parameters);
  const every = <Value>(pick: (row: Row) => readonly Value[] | undefined): { name: string; value: Value }[] =>
    names.flatMap((name) => (pick(rows[name] ?? { malformed: [] }) ?? []).map((value) => ({ name, value })));

  async function ask(body: object, headers: Record<string, string> = {}) {
    const runner = createScriptedRunner();
    const response = await createGateway({ runner }).request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ ...least, ...body }),
    });
    const text = await response.text();
    const { status } = response;
    const told = status === 200 ? undefined : (JSON.parse(text) as unknown);
    return { status, ignored: response.headers.get('x-ignored-parameters'), body: told, turns: runner.turns.length };
  }

  test('every parameter has its row here', () => {
    expect(Object.keys(rows).toSorted()).toEqual(names.toSorted());
    for (const [name, { support }] of Object.entries(parameters)) {
      const { ignored = [], harmless = [], malformed } = rows[name] ?? { malformed: [] };
      expect(ignored.length + harmless.length + malformed.length, name).toBeGreaterThan(0);
      // It can't be sent alone.
      if (support === 'ignored' && name !== 'top_logprobs') expect(ignored.length, name).toBeGreaterThan(0);
    }
  });

  test.each(every((row) => row.ignored))('$name has no effect, and is named: $value', async ({ name, value }) => {
    for (const form of replyForms) {
      const body = { ...form, ...toBody(name, value) };
      expect(await ask(body)).toMatchObject({ status: 200, ignored: name, turns: 1 });
      expect(await ask(body, strict)).toMatchObject({ status: 400, body: refused(name, 'unsupported_parameter'), turns: 0 });
    }
  });

  test.each(every((row) => row.harmless))('$name is taken: $value', async ({ name, value }) => {
    for (const form of replyForms) {
      expect(await ask({ ...form, ...toBody(name, value) }, strict)).toMatchObject({ status: 200, ignored: null, turns: 1 });
    }
  });

  test.each(every((row) => row.malformed))('$name is malformed: $value', async ({ name, value: [value, param = name] }) => {
    for (const form of replyForms) {
      const { status, body, turns } = await ask({ ...form, ...toBody(name, value) });
      expect({ status, body, turns }).toEqual({ status: 400, body: refused(param), turns: 0 });
    }
  });

  test('what is unknown is named, but what messages pass on', async () => {
    const ignored = path === '/v1/messages' ? null : 'access_programs, personality';
    expect(await ask({ access_programs: ['x'], personality: 'y' })).toMatchObject({ status: 200, ignored });
  });

  test.each(names.filter((name) => !(name in least)))('%s may be null', async (name) => {
    expect(await ask(toBody(name, null), strict)).toMatchObject({ status: 200, ignored: null });
  });
});
