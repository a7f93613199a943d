import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { createMemoryConversationStore, createScriptedRunner } from '../../testing/index.ts';
import type { Turn } from '../../turn/turn.ts';

const hi = { role: 'user', content: 'hi' };
const mark = { cache_control: { type: 'ephemeral' } };

function change(type: string, ...names: readonly string[]): object {
  return { role: 'system', content: names.map((name) => ({ type, tool: { type: 'tool_reference', name } })) };
}

async function asked(
  body: object,
  headers: Record<string, string> = {},
): Promise<{ turn: Turn | undefined; response: Response; reply: unknown }> {
  const runner = createScriptedRunner();
  const response = await createGateway({ runner }).request('/v1/messages', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'sonnet', max_tokens: 100, messages: [hi], ...body }),
  });
  return { response, reply: await response.json(), turn: runner.turns[0] };
}

test.each<[string, object, Partial<Turn>]>([
  ['nothing but a text', {}, { system: [], tools: [], sampling: { maxOutputTokens: 100 } }],
  ['a system prompt', { system: 'Be brief.' }, { system: [{ type: 'text', text: 'Be brief.' }] }],
  [
    'a system prompt of blocks',
    {
      system: [
        { type: 'text', text: 'One.' },
        { type: 'text', text: 'Two.', ...mark },
      ],
    },
    {
      system: [
        { type: 'text', text: 'One.' },
        { type: 'text', text: 'Two.', extra: mark },
      ],
    },
  ],
  [
    'sampling',
    { temperature: 1, top_p: 0.5, top_k: 3, stop_sequences: ['END'], max_tokens: 0 },
    { sampling: { temperature: 1, topP: 0.5, topK: 3, stopSequences: ['END'], maxOutputTokens: 0 } },
  ],
  ['thinking that is off', { thinking: { type: 'disabled' } }, { thinking: { type: 'off' } }],
  [
    'thinking that is adaptive',
    { thinking: { type: 'adaptive', display: 'omitted' } },
    { thinking: { type: 'adaptive', display: 'omitted' } },
  ],
  ['a budget', { max_tokens: 3000, thinking: { type: 'enabled', budget_tokens: 2000 } }, { thinking: { type: 'budget', tokens: 2000 } }],
  ['thinking of another form', { thinking: { type: 'between_tools' } }, { extra: { thinking: { type: 'between_tools' } } }],
  [
    'effort, a format, and what else there is',
    { output_config: { effort: 'max', task_budget: { total: 1 } } },
    { effort: 'max', extra: { output_config: { task_budget: { total: 1 } } } },
  ],
  [
    'the effort of the last system message',
    { output_config: { effort: 'high' }, messages: [hi, { role: 'system', content: 'S', output_config: { effort: 'low' } }] },
    { effort: 'low', system: [{ type: 'text', text: 'S' }] },
  ],
  [
    'a system message without a text, and a field of its own that is none here',
    { messages: [hi, { role: 'system', output_config: { effort: 'low' }, toolChanges: 'x' }] },
    { effort: 'low', system: [], messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] },
  ],
  [
    'what was said for a turn that is over, and for one that is not',
    {
      messages: [
        hi,
        { role: 'assistant', content: 'yes?' },
        hi,
        { role: 'system', content: 'gone', clear_at: 'next_user_message' },
        { role: 'system', content: 'stays', clear_at: 'never' },
        { role: 'assistant', content: 'so' },
        hi,
        { role: 'system', content: 'now', clear_at: 'next_user_message' },
      ],
    },
    {
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'hi' }] },
        { role: 'assistant', content: [{ type: 'text', text: 'yes?' }], model: 'sonnet' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'hi' },
            { type: 'text', text: 'stays' },
          ],
        },
        { role: 'assistant', content: [{ type: 'text', text: 'so' }], model: 'sonnet' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'hi' },
            { type: 'text', text: 'now' },
          ],
        },
      ],
    },
  ],
  [
    'tools that are added and removed on the way: the last that is said of each holds',
    {
      tools: ['a', 'b', 'c', 'd'].map((name) => ({ name, input_schema: {}, defer_loading: true })),
      tool_choice: { type: 'tool', name: 'e' },
      messages: [
        hi,
        change('tool_removal', 'a', 'b'),
        hi,
        change('tool_addition', 'b', 'c'),
        {
          role: 'system',
          content: [
            { type: 'tool_addition', tool: { type: 'tool_definition', definition: { name: 'e', input_schema: {} } } },
            { type: 'tool_addition', tool: { type: 'tool_definition', definition: { type: 'bash_20250124', name: 'bash' } } },
          ],
        },
        change('tool_removal', 'bash'),
        hi,
      ],
    },
    {
      tools: [
        { name: 'b', description: '', inputSchema: {}, strict: false, extra: {} },
        { name: 'c', description: '', inputSchema: {}, strict: false, extra: {} },
        { name: 'd', description: '', inputSchema: {}, strict: false, extra: { defer_loading: true } },
        { name: 'e', description: '', inputSchema: {}, strict: false },
      ],
    },
  ],
  [
    'a choice',
    { tools: [{ name: 'a', input_schema: { type: 'object' } }], tool_choice: { type: 'any' } },
    { toolChoice: { type: 'any', disableParallel: false } },
  ],
  [
    'one call at a time',
    { tools: [{ name: 'a', input_schema: {} }], tool_choice: { type: 'tool', name: 'a', disable_parallel_tool_use: true } },
    { toolChoice: { type: 'tool', name: 'a', disableParallel: true } },
  ],
  [
    'tools in their order, with what is passed on',
    {
      tools: [
        { name: 'z', description: 'Z', input_schema: { type: 'object' }, strict: true, ...mark },
        { type: 'custom', name: 'a', input_schema: {} },
      ],
    },
    {
      tools: [
        { name: 'z', description: 'Z', inputSchema: { type: 'object' }, strict: true, extra: mark },
        { name: 'a', description: '', inputSchema: {}, strict: false },
      ],
    },
  ],
  [
    'a tool that Anthropic defines',
    { tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 1 }] },
    {
      tools: [
        {
          name: 'web_search',
          description: '',
          inputSchema: { type: 'object' },
          strict: false,
          definition: { type: 'web_search_20250305', name: 'web_search', max_uses: 1 },
        },
      ],
    },
  ],
  ['an end user', { metadata: { user_id: 'me' } }, { endUser: 'me' }],
  ['what is only passed on', { service_tier: 'auto', new_one: [1], none: null }, { extra: { service_tier: 'auto', new_one: [1] } }],
])('%s', async (_, body, expected) => {
  const { turn, reply } = await asked(body);
  expect(turn, JSON.stringify(reply)).toMatchObject(expected);
});

test.each<[string, object, string]>([
  [
    'a tool of an MCP server',
    { type: 'tool_addition', tool: { type: 'mcp_toolset_reference', server_name: 'x' } },
    'messages[1].content[0].tool',
  ],
  ['a picture', { type: 'image', source: { type: 'url', url: 'https://a' } }, 'messages[1].content[0]'],
  ['a choice of a tool that was removed', { type: 'tool_removal', tool: { type: 'tool_reference', name: 'a' } }, 'tool_choice'],
])('%s is not taken in a system message', async (_, block, param) => {
  const tools = [{ name: 'a', input_schema: {} }];
  const messages = [hi, { role: 'system', content: [block] }];
  const { response, reply, turn } = await asked({ tools, messages, tool_choice: { type: 'tool', name: 'a' } });
  expect([response.status, JSON.stringify(reply), turn]).toEqual([400, expect.stringContaining(param), undefined]);
});

test('a temperature of 1 stands beside thinking, any other gives way to it', async () => {
  const thinking = { type: 'adaptive' };
  expect((await asked({ thinking, temperature: 1 })).turn?.sampling).toEqual({ maxOutputTokens: 100, temperature: 1 });
  const { turn, response } = await asked({ thinking, temperature: 0.5 });
  expect([turn?.sampling, response.headers.get('x-ignored-parameters')]).toEqual([{ maxOutputTokens: 100 }, 'temperature']);
});

test('a budget may be more than an answer has where the model thinks between its calls', async () => {
  const thinking = { type: 'enabled', budget_tokens: 4000 };
  expect((await asked({ thinking })).response.status).toBe(400);
  expect((await asked({ thinking }, { 'anthropic-beta': 'interleaved-thinking-2025-05-14' })).turn?.thinking).toEqual({
    type: 'budget',
    tokens: 4000,
  });
});

test('a conversation is named by header, and needs only what is new', async () => {
  const runner = createScriptedRunner();
  const app = createGateway({ runner, conversations: { store: createMemoryConversationStore() } });
  const ask = (content: string, headers: Record<string, string> = {}): Promise<Response> =>
    Promise.resolve(
      app.request('/v1/messages', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model: 'sonnet', max_tokens: 10, messages: [{ role: 'user', content }] }),
      }),
    );
  const id = (await ask('hi')).headers.get('x-conversation-id') ?? '';
  expect(id).toMatch(/^conv_/);
  const second = await ask('so?', { 'x-conversation-id': id });
  expect([second.status, second.headers.get('x-conversation-id')]).toEqual([200, id]);
  expect(runner.turns[1]?.messages.map(({ content }) => content)).toMatchObject([
    [{ text: 'hi' }],
    [{ text: 'Hello world' }],
    [{ text: 'so?' }],
  ]);
  const unknown = await ask('so?', { 'x-conversation-id': 'conv_none' });
  expect([unknown.status, await unknown.json()]).toMatchObject([404, { type: 'error', error: { type: 'not_found_error' } }]);
});

test('what is not asked for is left to the model, whatever this server’s default', async () => {
  const runner = createScriptedRunner();
  const app = createGateway({ runner, defaults: { effort: 'high' } });
  await app.request('/v1/messages', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', max_tokens: 9, messages: [hi] }),
  });
  expect(runner.turns[0]).not.toHaveProperty('thinking');
  expect(runner.turns[0]).not.toHaveProperty('effort');
});

test('an answer with what was thought is of the model that is asked', async () => {
  const content = [
    { type: 'thinking', thinking: '', signature: 'c2ln' },
    { type: 'text', text: 'ho' },
  ];
  const { turn } = await asked({ messages: [hi, { role: 'assistant', content }, hi] });
  expect(turn?.messages[1]).toEqual({ role: 'assistant', content, model: 'sonnet' });
});

test('betas are passed on by name, each once; what is no name is told as ignored', async () => {
  const { turn, response } = await asked({}, { 'anthropic-beta': 'context-1m-2025-08-07, x-1 ,x-1,no such beta,{"messages":1}' });
  expect(turn?.betas).toEqual(['context-1m-2025-08-07', 'x-1']);
  expect(response.headers.get('x-ignored-parameters')).toBe('anthropic-beta');
});

test.each<[string, object]>([
  ['speed', { speed: 'fast' }],
  ['billing_policy', { billing_policy: {} }],
  ['betas', { betas: ['x'] }],
  ['metadata.trace', { metadata: { user_id: 'a', trace: 'b' } }],
  ['messages[0].name', { messages: [{ ...hi, name: 'n' }] }],
  [
    'messages[1].output_config.task_budget',
    { messages: [hi, { role: 'system', content: 'S', output_config: { effort: 'low', task_budget: {} } }] },
  ],
  [
    'messages[1].content[0].citations',
    { messages: [hi, { role: 'assistant', content: [{ type: 'text', text: 'a', citations: [{}] }] }, hi] },
  ],
  ['system[0].citations', { system: [{ type: 'text', text: 'a', citations: [{}] }] }],
  [
    'system.cache_control',
    {
      system: [{ type: 'text', text: 'S', ...mark }],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a', ...mark },
            { type: 'tool_result', tool_use_id: 'x', content: [] },
          ].slice(0, 1),
        },
        { role: 'assistant', content: [{ type: 'text', text: 'b', ...mark }] },
        hi,
      ],
    },
  ],
])('%s is told as ignored, or refused where that is asked for', async (name, body) => {
  const { response } = await asked(body);
  expect({ status: response.status, ignored: response.headers.get('x-ignored-parameters') }).toEqual({ status: 200, ignored: name });
  const { reply } = await asked(body, { 'x-strict-parameters': 'true' });
  expect(reply).toMatchObject({
    type: 'error',
    error: { type: 'invalid_request_error', message: expect.stringContaining(`'${name}'`) as unknown },
  });
});

test('what has no wish in it is not told as ignored', async () => {
  const { response } = await asked({ speed: 'standard', betas: null, system: [{ type: 'text', text: 'a', citations: null, ...mark }] });
  expect(response.headers.get('x-ignored-parameters')).toBeNull();
});

const text = (block: object): object => ({ messages: [{ role: 'user', content: [block] }] });

test.each<[string, object, string]>([
  ['no model', { model: undefined }, "'model'"],
  ['no max_tokens', { max_tokens: undefined }, "'max_tokens'"],
  ['no messages', { messages: [] }, "'messages'"],
  ['a role of others', { messages: [{ role: 'tool', content: 'x' }] }, "'messages[0].role'"],
  ['a text that is none', text({ type: 'text', text: 1 }), "'messages[0].content[0].text'"],
  ['a block without a type', text({ text: 'a' }), "'messages[0].content[0].type'"],
  ['a call of the user’s', text({ type: 'tool_use', id: 'a', name: 'b', input: {} }), 'is not supported here'],
  ['a picture without a source', text({ type: 'image' }), "'messages[0].content[0].source'"],
  [
    'thinking without a signature',
    { messages: [hi, { role: 'assistant', content: [{ type: 'thinking', thinking: 'x' }] }] },
    "'messages[1].content[0].signature'",
  ],
  [
    'a result of no call',
    text({ type: 'tool_result', tool_use_id: 'toolu_1', content: 'x' }),
    'unexpected `tool_use_id` found in `tool_result` blocks: toolu_1',
  ],
  [
    'a call without a result',
    { messages: [hi, { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'a', input: {} }] }, hi] },
    '`tool_use` ids were found without `tool_result` blocks immediately after: toolu_1',
  ],
  ['a schema that is none', { tools: [{ name: 'a', input_schema: 'x' }] }, "'tools[0]"],
  [
    'a choice of what is not there',
    { tools: [{ name: 'a', input_schema: {} }], tool_choice: { type: 'tool', name: 'b' } },
    "there is no tool 'b'",
  ],
  ['MCP servers', { mcp_servers: [{ type: 'url', name: 'a', url: 'https://a' }] }, "'mcp_servers' is not taken here"],
  ['a toolset of theirs', { tools: [{ type: 'mcp_toolset', mcp_server_name: 'a' }] }, "'tools[0]' is not taken here"],
  ['a container', { container: 'c_1' }, "'container' is not taken here"],
  ['a thread', { thread: { id: 't' } }, "'thread' is not taken here"],
  ['a stream that is none', { stream: 'yes' }, "'stream'"],
])('%s is refused', async (_, body, message) => {
  const { response, reply } = await asked(body);
  expect(response.status).toBe(400);
  expect(reply).toMatchObject({
    type: 'error',
    error: { type: 'invalid_request_error', message: expect.stringContaining(message) as unknown },
    request_id: response.headers.get('request-id'),
  });
});

test.each<[string, object]>([
  ['temperature', { temperature: 1 }],
  ['top_p', { top_p: 0.9 }],
  ['top_k', { top_k: 1 }],
  [
    'messages[1].content[0]',
    {
      messages: [
        hi,
        { role: 'assistant', content: [{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'x' } }] },
        hi,
      ],
    },
  ],
  [
    'messages[1].content[0]',
    { messages: [hi, { role: 'assistant', content: [{ type: 'document', source: { type: 'file', file_id: 'f' } }] }, hi] },
  ],
  ['messages[0].content[0]', text({ type: 'text', text: 'a', citations: [{ type: 'x' }] })],
  [
    'messages[0].content[0]',
    text({ type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: 'a', citations: [{}] }] }),
  ],
])('the newest version refuses %s, which the one before takes: %o', async (param, body) => {
  expect((await asked(body, { 'anthropic-version': '2023-06-01' })).response.status).toBe(200);
  const { response, reply } = await asked(body, { 'anthropic-version': '2026-10-21' });
  expect(response.status).toBe(400);
  expect(reply).toMatchObject({ error: { message: expect.stringContaining(`'${param}'`) as unknown } });
});

test('a version that there is not is refused', async () => {
  expect((await asked({}, { 'anthropic-version': '2020-01-01' })).response.status).toBe(400);
});
