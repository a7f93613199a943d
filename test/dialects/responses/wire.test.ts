import { createGateway, GatewayError, type TurnEvent } from '@claude-code-api/gateway';
import {
  createMemoryConversationStore,
  createMemoryResponseStore,
  createScriptedRunner,
  sampleModel,
  sampleTurns,
  type Script,
} from '@claude-code-api/gateway/testing';
import { describe, expect, test } from 'vitest';
import { expectItems, expectResponse, readStrictly } from './read-strictly.ts';

const noUsage = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, cacheWriteHourTokens: 0, outputTokens: 0, reasoningTokens: 0 };

/** All that a request may say of itself, which is given back. */
const echoed: Readonly<Record<string, object>> = {
  'nothing but what must be': {},
  'all that there is': {
    ...{ instructions: 'Be brief.', max_output_tokens: 100, max_tool_calls: 3, temperature: 0.5, top_p: 0.9, top_logprobs: 2 },
    ...{ metadata: { a: 'b' }, user: 'u', safety_identifier: 's', prompt_cache_key: 'k', truncation: 'auto', service_tier: 'flex' },
    ...{ reasoning: { effort: 'low', summary: 'auto' }, parallel_tool_calls: false, include: ['reasoning.encrypted_content'] },
    text: { verbosity: 'low' },
  },
  nulls: { instructions: null, tools: null, text: {}, reasoning: null, metadata: null, tool_choice: null, max_output_tokens: null },
};

async function respond(
  script: Script,
  body: object,
): Promise<{ readonly whole: unknown; readonly stream: string; readonly items: unknown[] }> {
  const app = createGateway({
    runner: createScriptedRunner({ script }),
    conversations: { store: createMemoryConversationStore() },
    responses: { store: createMemoryResponseStore() },
  });
  const post = async (more: object): Promise<Response> =>
    app.request('/v1/responses', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: sampleModel, input: 'hi', ...body, ...more }),
    });
  const whole = (await (await post({})).json()) as { readonly id: string };
  const stream = await (await post({ stream: true })).text();
  const { data: items = [] } = (await (await app.request(`/v1/responses/${whole.id}/input_items`)).json()) as { readonly data?: unknown[] };
  return { whole, stream, items };
}

const turns = Object.entries(sampleTurns);

describe.each(Object.entries(echoed))('with %s', (_, body) => {
  test.each(turns)('what is told of %s is what OpenAI has published', async (_name, turn) => {
    const script: Script = () => [
      { type: 'turn-start', model: sampleModel, usage: noUsage },
      ...turn.says,
      { type: 'usage', usage: noUsage },
      { type: 'turn-end', reason: 'end_turn', ...('end' in turn ? turn.end : {}) },
    ];
    for (const activity of ['none', 'events', 'reasoning']) {
      const { whole, stream } = await respond(script, { ...body, activity });
      expectResponse(whole);
      readStrictly(stream);
    }
  });
});

const tools = [
  { type: 'function', name: 'f' },
  { type: 'function', name: 'g', parameters: { type: 'object' }, strict: true, description: 'G' },
  { type: 'custom', name: 'c' },
  { type: 'namespace', name: 'ns', description: 'N', tools: [{ type: 'function', name: 'h' }] },
  { type: 'local_shell' },
  { type: 'shell' },
  { type: 'apply_patch' },
  { type: 'tool_search', execution: 'client' },
  { type: 'web_search' },
];

test.each<[string, string, string]>([
  ['f', '{"a":1}', 'function_call'],
  ['g', '', 'function_call'],
  ['c', '{"input":"x"}', 'custom_tool_call'],
  ['ns__h', '{}', 'function_call'],
  ['local_shell', '{"command":["ls"],"env":{"A":"1"},"timeout_ms":5,"user":"u","working_directory":"/"}', 'local_shell_call'],
  ['local_shell', '{}', 'local_shell_call'],
  ['shell', '{"commands":["ls"],"timeout_ms":5}', 'shell_call'],
  ['apply_patch', '{"type":"update_file","path":"a","diff":"x"}', 'apply_patch_call'],
  ['apply_patch', '{"type":"delete_file","path":"a"}', 'apply_patch_call'],
  ['apply_patch', '{', 'apply_patch_call'],
  ['tool_search', '{"query":"x"}', 'tool_search_call'],
])('a call of %s with %s', async (name, json, type) => {
  const script = (reason: 'tool_use' | 'max_tokens'): Script =>
    function* () {
      yield { type: 'turn-start', model: sampleModel, usage: noUsage };
      yield { type: 'block-start', index: 0, block: { type: 'text' } };
      yield { type: 'text-delta', index: 0, text: 'I look.' };
      yield { type: 'block-end', index: 0 };
      yield { type: 'block-start', index: 1, block: { type: 'tool_use', id: 'toolu_1', name } };
      if (json !== '') yield { type: 'input-delta', index: 1, json };
      yield { type: 'block-end', index: 1 };
      yield { type: 'usage', usage: noUsage };
      yield { type: 'turn-end', reason };
    };
  for (const reason of ['tool_use', 'max_tokens'] as const) {
    const { whole, stream } = await respond(script(reason), { tools, tool_choice: 'auto' });
    expectResponse(whole);
    expect(readStrictly(stream).itemTypes.at(-1)).toBe(type);
  }
});

test.each<[string, GatewayError]>([
  ['limits', new GatewayError('x', { status: 429, code: 'rate_limit_exceeded' })],
  ['an overload', new GatewayError('x', { status: 529 })],
  ['too long a context', new GatewayError('x', { status: 400, code: 'context_length_exceeded' })],
  ['anything', new GatewayError('x', { status: 500 })],
])('a failure in mid-stream: %s', async (_, error) => {
  const says: TurnEvent[] = [
    { type: 'turn-start', model: sampleModel, usage: noUsage },
    { type: 'block-start', index: 0, block: { type: 'text' } },
    { type: 'text-delta', index: 0, text: 'Hel' },
  ];
  const { stream } = await respond(async function* () {
    yield* says;
    throw error;
  }, {});
  expect(readStrictly(stream).types.slice(-2)).toEqual(['error', 'response.failed']);
});

test('what was asked, as it is read again, has its own forms', async () => {
  const { items } = await respond(() => [], { input: [{ role: 'assistant', content: 'Hello' }] });
  expectItems(items.filter((item) => (item as { role?: string }).role === 'assistant'));
});
