import { expect, test } from 'vitest';
import { createGateway } from '../../../create-gateway.ts';
import { createScriptedRunner } from '../../../testing/create-scripted-runner.ts';
import { parameters } from './parameters.ts';

interface Row {
  /** Values that have no effect, and are named. */
  readonly ignored?: readonly unknown[];
  /** Values that ask for nothing special. */
  readonly harmless?: readonly unknown[];
  /** Values that are a 400, with the path of the fault where it is deeper. */
  readonly malformed: readonly (readonly [unknown, string?])[];
}

const rows: Readonly<Record<string, Row>> = {
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
  max_tool_calls: { ignored: [5], malformed: [[0], ['5']] },
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

const names = Object.keys(parameters);
const every = <Value>(pick: (row: Row) => readonly Value[] | undefined): { name: string; value: Value }[] =>
  names.flatMap((name) => (pick(rows[name] ?? { malformed: [] }) ?? []).map((value) => ({ name, value })));

function toBody(name: string, value: unknown): object {
  const [key = '', within] = name.split('.');
  return { [key]: within === undefined ? value : { [within]: value } };
}

async function ask(body: object, headers: Record<string, string> = {}) {
  const runner = createScriptedRunner();
  const response = await createGateway({ runner }).request('/v1/responses', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'sonnet', input: 'hi', ...body }),
  });
  return {
    status: response.status,
    ignored: response.headers.get('x-ignored-parameters'),
    body: response.headers.get('content-type')?.includes('json') === true ? ((await response.json()) as unknown) : await response.text(),
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
    expect(ignored.length + harmless.length + malformed.length, name).toBeGreaterThan(0);
    if (support === 'ignored') expect(ignored.length, name).toBeGreaterThan(0);
  }
});

test.each(every((row) => row.ignored))('$name has no effect, and is named: $value', async ({ name, value }) => {
  expect(await ask(toBody(name, value))).toMatchObject({ status: 200, ignored: name, turns: 1 });
  expect(await ask(toBody(name, value), strict)).toMatchObject({ status: 400, body: refused(name, 'unsupported_parameter'), turns: 0 });
});

test.each(every((row) => row.harmless))('$name is taken: $value', async ({ name, value }) => {
  expect(await ask(toBody(name, value), strict)).toMatchObject({ status: 200, ignored: null, turns: 1 });
});

test.each(every((row) => row.malformed))('$name is malformed: $value', async ({ name, value: [value, param = name] }) => {
  const { status, body, turns } = await ask(toBody(name, value));
  expect({ status, body, turns }).toEqual({ status: 400, body: refused(param), turns: 0 });
});

test.each(names.filter((name) => name !== 'model' && name !== 'input'))('%s may be null', async (name) => {
  expect(await ask(toBody(name, null), strict)).toMatchObject({ status: 200, ignored: null });
});

test('what is unknown is named', async () => {
  expect(await ask({ access_programs: ['x'], personality: 'y' })).toMatchObject({ status: 200, ignored: 'access_programs, personality' });
});
