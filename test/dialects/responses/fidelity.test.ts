import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { textReply } from '@claude-code-api/mock-anthropic';
import { pixel } from '../../support/chat/pictures.ts';
import { hostTools } from '../../../packages/gateway/src/dialects/responses/request/host-tools.ts';
import { startTestServer, type TestServer } from '../../support/servers/start-test-server.ts';
import { expectResponse, readStrictly } from './read-strictly.ts';

let server: TestServer;
beforeAll(async () => {
  // What the dialects make of a request is the same or not before a CLI gets it.
  server = await startTestServer({ cli: 'none' });
});
beforeEach(() => {
  server.mock.reset();
  server.mock.replyWith(() => textReply('ok'));
});
afterAll(() => server.close());

/** What the API was asked, but for whom and when. */
async function asked(path: string, body: object): Promise<unknown> {
  const response = await fetch(`${server.url}/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', store: false, ...body }),
  });
  expect(response.status, await response.text()).toBe(200);
  const { metadata: _, ...sent } = server.mock.messages().at(-1)?.body ?? {};
  return sent;
}

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };
const schema = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'], additionalProperties: false };
const image = `data:image/png;base64,${pixel}`;
const question = { role: 'user', content: 'Weather?' };
const f = { name: 'f', description: 'F', parameters };
const chatTool = { type: 'function', function: f };
const tool = { type: 'function', ...f };
const chatCall = (id: string, city: string): object => ({
  id,
  type: 'function',
  function: { name: 'f', arguments: JSON.stringify({ city }) },
});
const call = (id: string, city: string): object => ({ type: 'function_call', call_id: id, name: 'f', arguments: JSON.stringify({ city }) });
const output = (id: string, text: unknown): object => ({ type: 'function_call_output', call_id: id, output: text });
const result = (id: string, content: unknown): object => ({ role: 'tool', tool_call_id: id, content });

test.each<[string, object, object]>([
  ['a question', { messages: [question] }, { input: 'Weather?' }],
  [
    'instructions and developer messages',
    { messages: [{ role: 'system', content: 'One.' }, { role: 'developer', content: 'Two.' }, question] },
    { instructions: 'One.', input: [{ role: 'developer', content: [{ type: 'input_text', text: 'Two.' }] }, question] },
  ],
  [
    'a conversation',
    { messages: [question, { role: 'assistant', content: 'Rain.' }, { role: 'user', content: 'Sure?' }] },
    {
      input: [
        question,
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Rain.' }] },
        { role: 'user', content: 'Sure?' },
      ],
    },
  ],
  [
    'a system message behind an answer',
    {
      messages: [
        question,
        { role: 'assistant', content: 'Rain.' },
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Sure?' },
      ],
    },
    {
      input: [
        question,
        { role: 'assistant', content: 'Rain.' },
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Sure?' },
      ],
    },
  ],
  [
    'a picture',
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'See?' },
            { type: 'image_url', image_url: { url: image } },
          ],
        },
      ],
    },
    {
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'See?' },
            { type: 'input_image', image_url: image },
          ],
        },
      ],
    },
  ],
  [
    'a file',
    { messages: [{ role: 'user', content: [{ type: 'file', file: { filename: 'a.txt', file_data: 'data:text/plain;base64,aGk=' } }] }] },
    { input: [{ role: 'user', content: [{ type: 'input_file', filename: 'a.txt', file_data: 'data:text/plain;base64,aGk=' }] }] },
  ],
  ['tools', { messages: [question], tools: [chatTool] }, { input: [question], tools: [tool] }],
  [
    'strict tools, one call at a time',
    { messages: [question], tools: [{ type: 'function', function: { ...f, strict: true } }], parallel_tool_calls: false },
    { input: [question], tools: [{ ...tool, strict: true }], parallel_tool_calls: false },
  ],
  [
    'a forced tool',
    { messages: [question], tools: [chatTool], tool_choice: { type: 'function', function: { name: 'f' } } },
    { input: [question], tools: [tool], tool_choice: { type: 'function', name: 'f' } },
  ],
  [
    'calls and results',
    {
      messages: [
        question,
        { role: 'assistant', content: 'Let me see.', tool_calls: [chatCall('a', 'Paris'), chatCall('b', 'Oslo')] },
        result('b', '2'),
        result('a', '1'),
      ],
      tools: [chatTool],
    },
    {
      input: [
        question,
        { role: 'assistant', content: 'Let me see.' },
        call('a', 'Paris'),
        call('b', 'Oslo'),
        output('b', '2'),
        output('a', '1'),
      ],
      tools: [tool],
    },
  ],
  [
    'two rounds of calls',
    {
      messages: [
        question,
        { role: 'assistant', tool_calls: [chatCall('a', 'Paris')] },
        result('a', '1'),
        { role: 'assistant', tool_calls: [chatCall('b', 'Oslo')] },
        result('b', '2'),
      ],
      tools: [chatTool],
    },
    { input: [question, call('a', 'Paris'), output('a', '1'), call('b', 'Oslo'), output('b', '2')], tools: [tool] },
  ],
  [
    'a result with a picture',
    {
      messages: [
        question,
        { role: 'assistant', tool_calls: [chatCall('a', 'Paris')] },
        result('a', [{ type: 'image_url', image_url: { url: image } }]),
      ],
      tools: [chatTool],
    },
    { input: [question, call('a', 'Paris'), output('a', [{ type: 'input_image', image_url: image }])], tools: [tool] },
  ],
  [
    'a custom tool',
    {
      messages: [question],
      tools: [
        {
          type: 'custom',
          custom: { name: 'c', description: 'C', format: { type: 'grammar', grammar: { syntax: 'regex', definition: 'a+' } } },
        },
      ],
    },
    {
      input: [question],
      tools: [{ type: 'custom', name: 'c', description: 'C', format: { type: 'grammar', syntax: 'regex', definition: 'a+' } }],
    },
  ],
  [
    'a schema',
    { messages: [question], response_format: { type: 'json_schema', json_schema: { name: 's', schema } } },
    { input: [question], text: { format: { type: 'json_schema', name: 's', schema } } },
  ],
  ['effort', { messages: [question], reasoning_effort: 'high' }, { input: [question], reasoning: { effort: 'high' } }],
  [
    'no thinking, few tokens',
    { messages: [question], reasoning_effort: 'none', max_tokens: 100 },
    { input: [question], reasoning: { effort: 'none' }, max_output_tokens: 100 },
  ],
  ['an end user', { messages: [question], user: 'alice' }, { input: [question], user: 'alice' }],
])('%s asks the API for what the same chat would', async (_, chat, responses) => {
  server.mock.replyWith(({ body }) => textReply(body.output_config?.['format'] === undefined ? 'ok' : '{"a":1}'));
  const expected = await asked('chat/completions', chat);
  expect(expected).toHaveProperty('messages');
  expect(await asked('responses', responses)).toEqual(expected);
});

const hosts = Object.entries(hostTools).map(([name, { description, inputSchema }]) => ({
  type: 'function',
  function: { name, description, parameters: inputSchema },
}));
const hostTool = (name: string): object => ({ tools: hosts.filter((each) => each.function.name === name) });
const ask = (...calls: object[]): object => ({ role: 'assistant', tool_calls: calls });
const use = (id: string, name: string, input: object): object => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(input) },
});
const withCall = (calling: object, item: object, outcome: object, told: string): [object, object[]] => [
  { messages: [question, ask(calling), result('a', told)] },
  [question, item, outcome],
];
const exit = { type: 'exit', exit_code: 1 };
const mcpId = `mcp_${'0a'.repeat(17)}_toolu_1`;
const mcpCall = { type: 'mcp_call', server_label: 'docs', name: 'find', arguments: '{"q":"x"}' };
const hostedItems = [
  { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'x' } },
  { type: 'file_search_call', id: 'fs_1', status: 'completed', queries: [], results: null },
  { type: 'code_interpreter_call', id: 'ci_1', status: 'completed', code: 'x', container_id: 'c', outputs: [] },
  { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: null },
  { type: 'computer_call', id: 'cu_1', call_id: 'c', status: 'completed', action: {}, pending_safety_checks: [] },
  { type: 'computer_call_output', id: 'cuo_1', call_id: 'c', output: { type: 'computer_screenshot', image_url: image } },
  { type: 'mcp_list_tools', id: 'mcpl_1', server_label: 'x', tools: [] },
  { type: 'mcp_call', id: 'mcp_1', server_label: 'x', name: 'f', arguments: '{}', output: 'y' },
  { type: 'program', id: 'p_1', call_id: 'p', code: 'x', fingerprint: 'f' },
  { type: 'program_output', id: 'po_1', call_id: 'p', result: 'x', status: 'completed' },
  { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'So' }], encrypted_content: 'gAAAAA' },
  { type: 'something_new', id: 'sn_1' },
];

test.each<[string, object, object]>([
  [
    'the call of a custom tool',
    {
      messages: [question, ask({ id: 'a', type: 'custom', custom: { name: 'c', input: 'x\ny' } }), result('a', 'z')],
      tools: [{ type: 'custom', custom: { name: 'c' } }],
    },
    {
      input: [
        question,
        { type: 'custom_tool_call', call_id: 'a', name: 'c', input: 'x\ny' },
        { type: 'custom_tool_call_output', call_id: 'a', output: 'z' },
      ],
      tools: [{ type: 'custom', name: 'c', format: { type: 'text' } }],
    },
  ],
  ...(
    [
      [
        'local_shell',
        ...withCall(
          use('a', 'local_shell', { command: ['ls'], timeout_ms: 5 }),
          {
            type: 'local_shell_call',
            id: 'ls_1',
            call_id: 'a',
            status: 'completed',
            action: { type: 'exec', command: ['ls'], env: {}, timeout_ms: 5 },
          },
          { type: 'local_shell_call_output', id: 'a', output: 'b' },
          'b',
        ),
      ],
      [
        'shell',
        ...withCall(
          use('a', 'shell', { commands: ['ls'] }),
          { type: 'shell_call', call_id: 'a', action: { commands: ['ls'], timeout_ms: null, max_output_length: null } },
          { type: 'shell_call_output', call_id: 'a', output: [{ stdout: 'b', stderr: 'c', outcome: exit }] },
          'b\nc\n(exit code 1)',
        ),
      ],
      [
        'apply_patch',
        ...withCall(
          use('a', 'apply_patch', { type: 'delete_file', path: 'x' }),
          { type: 'apply_patch_call', call_id: 'a', status: 'completed', operation: { type: 'delete_file', path: 'x' } },
          { type: 'apply_patch_call_output', call_id: 'a', status: 'completed', output: 'Done.' },
          'Done.',
        ),
      ],
    ] as const
  ).map(([name, chat, input]): [string, object, object] => [
    `a ${name} call`,
    { ...chat, ...hostTool(name) },
    { input, tools: [{ type: name }] },
  ]),
  [
    'tools that were searched for',
    {
      messages: [question, ask(use('a', 'tool_search', { query: 'x' })), result('a', 'Found tools: f')],
      tools: [chatTool, { type: 'function', function: { name: 'tool_search', description: 'S', parameters: schema } }],
    },
    {
      input: [
        question,
        { type: 'tool_search_call', call_id: 'a', execution: 'client', arguments: { query: 'x' } },
        { type: 'tool_search_output', call_id: 'a', execution: 'client', tools: [tool] },
      ],
      tools: [{ type: 'tool_search', execution: 'client', description: 'S', parameters: schema }],
    },
  ],
  [
    'more tools in the input',
    { messages: [question], tools: [chatTool] },
    { input: [{ type: 'additional_tools', role: 'developer', tools: [tool] }, question] },
  ],
  [
    'a group of tools, and a call of one',
    {
      messages: [question, ask(use('a', 'ns__f', { city: 'Oslo' })), result('a', '1')],
      tools: [{ type: 'function', function: { ...f, name: 'ns__f' } }],
    },
    {
      input: [question, { ...call('a', 'Oslo'), namespace: 'ns' }, output('a', '1')],
      tools: [{ type: 'namespace', name: 'ns', description: 'N', tools: [tool] }],
    },
  ],
  [
    'Lark, told and not more',
    {
      messages: [question],
      tools: [
        { type: 'custom', custom: { name: 'c', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } } } },
      ],
    },
    { input: [question], tools: [{ type: 'custom', name: 'c', format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' } }] },
  ],
  [
    "the call of an MCP server's tool, made by an earlier request",
    {
      messages: [
        question,
        ask(use('toolu_1', 'docs__find', { q: 'x' })),
        result('toolu_1', 'y'),
        { role: 'assistant', content: 'So.' },
        question,
      ],
    },
    {
      input: [
        question,
        { ...mcpCall, id: mcpId, output: 'y', error: null },
        { role: 'assistant', content: 'So.', phase: 'final_answer' },
        question,
      ],
    },
  ],
  [
    'an update of the configuration',
    { messages: [question], reasoning_effort: 'high' },
    { input: [question, { type: 'configuration_update', reasoning: { effort: 'high' } }], reasoning: { effort: 'low' } },
  ],
  ['items that Claude can not be told of', { messages: [question] }, { input: [...hostedItems, question] }],
  [
    'tools that nobody here runs',
    { messages: [question] },
    {
      input: [question],
      tools: [
        ...['web_search', 'web_search_2025_08_26', 'web_search_preview', 'file_search', 'code_interpreter', 'image_generation'],
        ...['computer', 'computer_use_preview', 'programmatic_tool_calling', 'tool_search', 'something_new'],
      ].map((type) => ({ type })),
    },
  ],
  [
    'refusals, files and texts of every kind',
    {
      messages: [
        question,
        { role: 'assistant', content: 'No.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'file', file: { filename: 'a.txt', file_data: 'data:text/plain;base64,aGk=' } },
          ],
        },
      ],
    },
    {
      input: [
        question,
        { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
        {
          role: 'user',
          content: [
            { type: 'output_text', text: 'a' },
            { type: 'input_file', filename: 'a.txt', file_data: 'data:text/plain;base64,aGk=' },
          ],
        },
      ],
    },
  ],
])('%s: the API is asked for what the same chat would', async (_, chat, given) => {
  expect(await asked('responses', given)).toEqual(await asked('chat/completions', chat));
});

test('a failed patch, and a call that was not allowed, are told as failures', async () => {
  const outcomes: [object, object][] = [
    [
      { type: 'apply_patch_call', call_id: 'a', operation: { type: 'delete_file', path: 'x' } },
      { type: 'apply_patch_call_output', call_id: 'a', status: 'failed', output: 'No.' },
    ],
    [
      { ...mcpCall, type: 'mcp_approval_request', id: 'mcpr_1' },
      { type: 'mcp_approval_response', approval_request_id: 'mcpr_1', approve: false, reason: 'No.' },
    ],
    [
      { ...mcpCall, id: mcpId, error: 'No.' },
      { role: 'user', content: 'And?' },
    ],
  ];
  for (const outcome of outcomes) {
    const { messages } = (await asked('responses', { input: [question, ...outcome] })) as { messages: { content: unknown }[] };
    expect(messages.at(-1)?.content, JSON.stringify(outcome)).toEqual(
      expect.arrayContaining([expect.objectContaining({ type: 'tool_result', is_error: true })]),
    );
    expect(JSON.stringify(messages.at(-1))).toContain('No.');
  }
});

test('a summary stands in the place of what it sums up', async () => {
  server.mock.replyWith(() => textReply('It rained.'));
  const response = await fetch(`${server.url}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', stream: true, input: [question, { type: 'compaction_trigger' }] }),
  });
  const { response: told, itemTypes } = readStrictly(await response.text());
  expect(itemTypes).toEqual(['compaction', 'compaction']);
  const sent = await asked('responses', { input: [...(told?.output ?? []), { role: 'user', content: 'Sure?' }] });
  const summary = { role: 'user', content: 'A summary of the conversation so far:\n\nIt rained.' };
  expect(sent).toEqual(await asked('chat/completions', { messages: [summary, { role: 'user', content: 'Sure?' }] }));
});

test('what the CLI makes Claude say is streamed as OpenAI has published it', async () => {
  for (const body of [
    { input: 'hi' },
    { input: 'hi', reasoning: { effort: 'high', summary: 'auto' } },
    { input: [question], tools: [tool, { type: 'shell' }], activity: 'events' },
  ]) {
    const response = await fetch(`${server.url}/v1/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sonnet', stream: true, ...body }),
    });
    readStrictly(await response.text());
    const whole = await fetch(`${server.url}/v1/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sonnet', ...body }),
    });
    expectResponse(await whole.json());
  }
});
