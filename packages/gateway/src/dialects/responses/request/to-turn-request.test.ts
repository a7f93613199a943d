import { expect, test } from 'vitest';
import type { TurnRequest } from '../../../engine/turn-request.ts';
import { parseRequest } from './parse-request.ts';
import { toTurnRequest } from './to-turn-request.ts';

function toTurn(body: object, headers: Record<string, string> = {}): TurnRequest {
  return toTurnRequest(parseRequest({ model: 'sonnet', input: 'hi', ...body }, new Headers(headers)));
}

/** What is said, without where. */
function said(input: unknown, body: object = {}): unknown[] {
  return toTurn({ input, ...body }).messages.map(({ role, content }) => [
    role,
    ...content.map((block) => {
      if (block.type === 'text') return block.text;
      if (block.type !== 'tool_result') return block;
      const { place: _place, content: results, ...rest } = block;
      return { ...rest, content: results.map((each) => (each.type === 'text' ? each.text : each)) };
    }),
  ]);
}

const call = (id: string, name = 'f'): object => ({
  type: 'function_call',
  id: `fc_${id}`,
  call_id: id,
  name,
  arguments: '{"a":1}',
  status: 'completed',
});
const output = (id: string, text: unknown = id): object => ({ type: 'function_call_output', call_id: id, output: text });
const use = (id: string, name = 'f'): object => ({ type: 'tool_use', id, name, input: { a: 1 } });
const result = (id: string, ...content: unknown[]): object => ({
  type: 'tool_result',
  tool_use_id: id,
  content: content.length > 0 ? content : [id],
});
const interrupted = (id: string): object => ({ ...result(id, 'There is no output: the call was interrupted.'), is_error: true });
const user = (text: string): object => ({ role: 'user', content: text });

test.each<[string, unknown, unknown[]]>([
  ['a text', 'hi', [['user', 'hi']]],
  [
    'easy messages',
    [{ role: 'developer', content: 'Be brief.' }, user('hi')],
    [
      ['system', 'Be brief.'],
      ['user', 'hi'],
    ],
  ],
  [
    'parts of whatever kind, in every role',
    [
      { type: 'message', role: 'system', id: 'msg_x', status: 'completed', content: [{ type: 'input_text', text: 's' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'output_text', text: 'b' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'input_text', text: 'c' },
          { type: 'output_text', text: 'd', annotations: [] },
          { type: 'refusal', refusal: 'e' },
        ],
      },
      { role: 'user', phase: null, content: [] },
    ],
    [['system', 's'], ['user', 'a', 'b'], ['assistant', 'c', 'd', 'e'], ['user']],
  ],
  [
    'pictures and files',
    [
      {
        role: 'user',
        content: [
          { type: 'input_image', image_url: 'data:image/png;base64,AA', detail: 'original' },
          { type: 'input_file', file_data: 'AA', filename: 'a.pdf' },
          { type: 'input_file', file_url: 'https://x.org/a.pdf' },
        ],
      },
    ],
    [
      [
        'user',
        { type: 'media', kind: 'image', location: 'data:image/png;base64,AA', bare: false, param: 'input[0].content[0].image_url' },
        { type: 'media', kind: 'document', location: 'AA', bare: true, title: 'a.pdf', param: 'input[0].content[1].file_data' },
        {
          type: 'media',
          kind: 'document',
          location: 'https://x.org/a.pdf',
          bare: false,
          title: undefined,
          param: 'input[0].content[2].file_url',
        },
      ],
    ],
  ],
  [
    'a call and its output',
    [user('x'), call('1'), output('1')],
    [
      ['user', 'x'],
      ['assistant', use('1')],
      ['user', result('1')],
    ],
  ],
  [
    'calls side by side are one answer',
    [call('1'), call('2'), output('2'), output('1')],
    [
      ['assistant', use('1'), use('2')],
      ['user', result('2')],
      ['user', result('1')],
    ],
  ],
  [
    'calls one after another are two',
    [call('1'), output('1'), call('2'), output('2')],
    [
      ['assistant', use('1')],
      ['user', result('1')],
      ['assistant', use('2')],
      ['user', result('2')],
    ],
  ],
  [
    'an output that came late stands behind its call',
    [call('1'), user('and?'), output('1')],
    [
      ['assistant', use('1')],
      ['user', result('1')],
      ['user', 'and?'],
    ],
  ],
  [
    'a call without an output is answered for',
    [call('1'), user('stop')],
    [
      ['assistant', use('1')],
      ['user', interrupted('1')],
      ['user', 'stop'],
    ],
  ],
  [
    'an output whose call was cut off is told',
    [output('1', 'x'), user('hi')],
    [
      ['user', 'The output of an earlier tool call:', 'x'],
      ['user', 'hi'],
    ],
  ],
  [
    'of two outputs the last one holds',
    [call('1'), output('1', 'a'), output('1', 'b')],
    [
      ['assistant', use('1')],
      ['user', result('1', 'b')],
    ],
  ],
  [
    'one id for calls of two kinds is no mistake',
    [
      call('1'),
      { type: 'custom_tool_call', call_id: '1', name: 'c', input: 'x' },
      output('1'),
      { type: 'custom_tool_call_output', call_id: '1', output: 'y' },
    ],
    [
      ['assistant', use('1'), { type: 'tool_use', id: '1', name: 'c', input: { input: 'x' } }],
      ['user', result('1')],
      ['user', result('1', 'y')],
    ],
  ],
  [
    'an output of parts',
    [
      call('1'),
      output('1', [
        { type: 'input_text', text: 'see' },
        { type: 'input_image', image_url: 'data:x' },
        { type: 'output_text', text: '!' },
      ]),
    ],
    [
      ['assistant', use('1')],
      [
        'user',
        result('1', 'see', { type: 'media', kind: 'image', location: 'data:x', bare: false, param: 'input[1].output[1].image_url' }, '!'),
      ],
    ],
  ],
  [
    'arguments that are none',
    [
      { type: 'function_call', call_id: '1', name: 'f', arguments: '' },
      output('1'),
      { type: 'function_call', call_id: '2', name: 'f', arguments: '[' },
      output('2'),
    ],
    [
      ['assistant', { type: 'tool_use', id: '1', name: 'f', input: {} }],
      ['user', result('1')],
      ['assistant', { type: 'tool_use', id: '2', name: 'f', input: { INVALID_JSON: '[' } }],
      ['user', result('2')],
    ],
  ],
  [
    'a call in a group',
    [{ ...call('1', 'spawn'), namespace: 'agents' }, output('1')],
    [
      ['assistant', use('1', 'agents__spawn')],
      ['user', result('1')],
    ],
  ],
  [
    'a local shell',
    [
      {
        type: 'local_shell_call',
        call_id: '1',
        action: { type: 'exec', command: ['ls'], env: {}, timeout_ms: null, working_directory: '/x' },
      },
      { type: 'local_shell_call_output', id: '1', output: 'a b' },
    ],
    [
      ['assistant', { type: 'tool_use', id: '1', name: 'local_shell', input: { command: ['ls'], working_directory: '/x' } }],
      ['user', result('1', 'a b')],
    ],
  ],
  [
    'a shell',
    [
      { type: 'shell_call', call_id: '1', action: { commands: ['ls'], timeout_ms: 5, max_output_length: null } },
      {
        type: 'shell_call_output',
        call_id: '1',
        output: [
          { stdout: 'a', stderr: '', outcome: { type: 'exit', exit_code: 1 } },
          { stdout: '', stderr: 'b', outcome: { type: 'timeout' } },
        ],
      },
    ],
    [
      ['assistant', { type: 'tool_use', id: '1', name: 'shell', input: { commands: ['ls'], timeout_ms: 5 } }],
      ['user', result('1', 'a\n(exit code 1)\nb\n(timed out)')],
    ],
  ],
  [
    'a patch that failed',
    [
      { type: 'apply_patch_call', call_id: '1', operation: { type: 'update_file', path: 'a', diff: '+x' } },
      { type: 'apply_patch_call_output', call_id: '1', status: 'failed', output: 'no' },
    ],
    [
      ['assistant', { type: 'tool_use', id: '1', name: 'apply_patch', input: { type: 'update_file', path: 'a', diff: '+x' } }],
      ['user', { ...result('1', 'no'), is_error: true }],
    ],
  ],
  [
    'a search for tools',
    [
      { type: 'tool_search_call', call_id: '1', execution: 'client', arguments: { query: 'x' } },
      { type: 'tool_search_output', call_id: '1', execution: 'client', tools: [{ type: 'function', name: 'found' }] },
    ],
    [
      ['assistant', { type: 'tool_use', id: '1', name: 'tool_search', input: { query: 'x' } }],
      ['user', result('1', 'Found tools: found')],
    ],
  ],
  [
    'reasoning goes before what came of it',
    [{ type: 'reasoning', id: 'rs_1', summary: [], content: null, encrypted_content: 'A,B' }, call('1'), output('1')],
    [
      [
        'assistant',
        { type: 'sealed', seal: 'A', kind: 'thinking', place: 'input[0].encrypted_content' },
        { type: 'sealed', seal: 'B', kind: 'thinking', place: 'input[0].encrypted_content' },
        use('1'),
      ],
      ['user', result('1')],
    ],
  ],
  [
    'reasoning that nothing came of is left out',
    [{ type: 'reasoning', summary: [], encrypted_content: 'A' }, user('hi')],
    [['user', 'hi']],
  ],
  [
    'reasoning without what the API wants is left out',
    [{ type: 'reasoning', summary: [] }, { role: 'assistant', content: 'x' }, user('hi')],
    [
      ['assistant', 'x'],
      ['user', 'hi'],
    ],
  ],
  [
    'a compaction',
    [{ type: 'compaction', encrypted_content: 'A' }, user('hi')],
    [
      ['user', { type: 'sealed', seal: 'A', kind: 'summary', place: 'input[0].encrypted_content' }],
      ['user', 'hi'],
    ],
  ],
  [
    'items of other tools are left out',
    [{ type: 'web_search_call', id: 'ws_1' }, { type: 'computer_call', call_id: '1' }, user('hi')],
    [['user', 'hi']],
  ],
])('%s', (_, input, expected) => {
  expect(said(input)).toEqual(expected);
});

test('outputs of calls of a conversation are for the engine to pair', () => {
  for (const turn of [
    toTurn({ input: [output('1')], conversation: 'conv_1' }),
    toTurn({ input: [output('1')] }, { 'x-conversation-id': 'conv_1' }),
  ])
    expect(turn.messages).toEqual([
      { role: 'user', place: 'input[0]', content: [{ ...result('1', { type: 'text', text: '1' }), place: 'input[0].call_id' }] },
    ]);
});

test('tools of all kinds are tools of Claude', () => {
  const { tools, ignored } = toTurn({
    tools: [
      { type: 'function', name: 'f', description: 'F', parameters: { properties: {} }, strict: true },
      { type: 'function', function: { name: 'nested' } },
      { type: 'custom', name: 'patch', description: 'P', format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' } },
      { type: 'namespace', name: 'agents', tools: [{ type: 'function', name: 'spawn', strict: null, parameters: null }] },
      { type: 'web_search', external_web_access: false },
      { type: 'shell' },
      { type: 'tool_search', execution: 'client', description: 'T', parameters: { type: 'object' } },
      { type: 'tool_search' },
      { type: 'whatever' },
    ],
    input: [{ type: 'additional_tools', role: 'developer', tools: [{ type: 'custom', name: 'late' }] }, user('hi')],
  });
  expect(tools.map(({ name }) => name)).toEqual(['agents__spawn', 'f', 'late', 'nested', 'patch', 'shell', 'tool_search']);
  expect(tools.find(({ name }) => name === 'f')).toEqual({
    name: 'f',
    description: 'F',
    inputSchema: { type: 'object', properties: {} },
    strict: true,
  });
  expect(tools.find(({ name }) => name === 'agents__spawn')).toMatchObject({
    inputSchema: { type: 'object', properties: {} },
    strict: false,
  });
  expect(tools.find(({ name }) => name === 'patch')?.description).toBe('P\n\nThe input must be a text of this Lark grammar:\n\nstart: "x"');
  expect(ignored).toEqual(['tools[7]', 'tools[8]']);
});

test('long names of groups are cut, and stay apart', () => {
  const names = ['a', 'b'].map((end) => ({ type: 'function', name: `${'x'.repeat(70)}${end}` }));
  const { tools } = toTurn({ tools: [{ type: 'namespace', name: 'group', tools: names }] });
  expect(tools.map(({ name }) => name.length)).toEqual([64, 64]);
  expect(new Set(tools.map(({ name }) => name)).size).toBe(2);
});

const tools = [
  { type: 'function', name: 'f' },
  { type: 'custom', name: 'c' },
  { type: 'namespace', name: 'ns', tools: [{ type: 'function', name: 'g' }] },
  { type: 'shell' },
  { type: 'web_search' },
];

test.each<[unknown, unknown, string[]?]>([
  ['none', { type: 'none' }],
  ['auto', undefined],
  ['required', { type: 'any', disableParallel: false }],
  [
    { type: 'function', name: 'f' },
    { type: 'tool', name: 'f', disableParallel: true },
  ],
  [
    { type: 'function', function: { name: 'f' } },
    { type: 'tool', name: 'f', disableParallel: true },
  ],
  [
    { type: 'function', name: 'g', namespace: 'ns' },
    { type: 'tool', name: 'ns__g', disableParallel: true },
  ],
  [
    { type: 'custom', name: 'c' },
    { type: 'tool', name: 'c', disableParallel: true },
  ],
  [{ type: 'shell' }, { type: 'tool', name: 'shell', disableParallel: true }],
  [{ type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }, { type: 'web_search' }] }, undefined, ['f']],
  [
    { type: 'allowed_tools', mode: 'required', tools: [{ type: 'custom', name: 'c' }, { type: 'shell' }] },
    { type: 'any', disableParallel: false },
    ['c', 'shell'],
  ],
])('the choice %j', (choice, expected, shown = ['c', 'f', 'ns__g', 'shell']) => {
  const turn = toTurn({ tools, tool_choice: choice });
  expect(turn.toolChoice).toEqual(expected);
  expect(turn.tools.map(({ name }) => name)).toEqual(shown);
});

test('calls one at a time', () => {
  expect(toTurn({ tools, parallel_tool_calls: false }).toolChoice).toEqual({ type: 'auto', disableParallel: true });
  expect(toTurn({ tools: [], parallel_tool_calls: false }).toolChoice).toBeUndefined();
});

test.each<[object, string, string?]>([
  [{ tools, tool_choice: { type: 'function', name: 'x' } }, 'tool_choice'],
  [{ tools, tool_choice: { type: 'web_search' } }, 'tool_choice', 'unsupported_value'],
  [{ tools, tool_choice: { type: 'mcp', server_label: 'x' } }, 'tool_choice'],
  [{ tool_choice: 'required' }, 'tool_choice'],
  [
    { tools: [{ type: 'web_search' }], tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'web_search' }] } },
    'tool_choice',
  ],
  [{ tools: [{ type: 'mcp', server_label: 'x', connector_id: 'connector_gmail' }] }, 'tools[0]', 'unsupported_value'],
  [
    {
      tools: [
        { type: 'function', name: 'f' },
        { type: 'custom', name: 'f' },
      ],
    },
    'tools',
  ],
  [{ tools: [{ type: 'function', name: 'a b' }] }, 'tools[0].name'],
  [{ input: [{ role: 'robot', content: 'x' }] }, 'input[0].role'],
  [{ input: [{ role: 'user', content: [{ type: 'input_audio' }] }] }, 'input[0].content[0].type'],
  [{ input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'file_1' }] }] }, 'input[0].content[0]', 'unsupported_value'],
  [{ input: [{ id: 'rs_1' }] }, 'input[0].id', 'item_not_found'],
  [{ input: [{ type: 'item_reference', id: 'rs_1' }] }, 'input[0].id', 'item_not_found'],
  [{ input: 5 }, 'input'],
  [{ previous_response_id: 'resp_1', conversation: 'conv_1' }, 'previous_response_id', 'mutually_exclusive_parameters'],
  [{ prompt: { id: 'x' } }, 'prompt', 'unsupported_parameter'],
])('a 400 for %j', (body, param, code) => {
  let thrown: unknown;
  try {
    toTurn(body);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ status: 400, param, ...(code !== undefined && { code }) });
});

test('what else is asked for', () => {
  expect(
    toTurn({
      instructions: 'Be brief.',
      max_output_tokens: 100,
      temperature: 1.5,
      top_p: 0.5,
      reasoning: { effort: 'minimal', summary: 'auto' },
      text: { format: { type: 'json_schema', name: 'x', schema: { type: 'object' } }, verbosity: 'low' },
      metadata: { a: 'b' },
      store: false,
      stream: true,
      user: 'u',
      safety_identifier: 's',
      conversation: { id: 'conv_1' },
    }),
  ).toMatchObject({
    system: [{ type: 'text', text: 'Be brief.' }],
    sampling: { maxOutputTokens: 100, topP: 0.5 },
    reasoning: { effort: 'low', thinking: { type: 'adaptive' } },
    outputSchema: { type: 'object' },
    metadata: { a: 'b' },
    keep: false,
    streamed: true,
    endUser: 's',
    conversation: 'conv_1',
    ignored: ['text.verbosity'],
  });
  expect(toTurn({ temperature: 0, text: {}, reasoning: {} })).toMatchObject({ sampling: { temperature: 0 } });
  expect(toTurn({ text: { format: { type: 'json_object' } } }).outputSchema).toEqual({ type: 'object' });
});

test('items that Claude can not be told of are named, the first of each kind', () => {
  const input = [{ type: 'computer_call' }, { type: 'computer_call' }, { type: 'file_search_call' }, { type: 'mcp_call' }, user('hi')];
  expect(toTurn({ input }).ignored).toEqual(['input[0]', 'input[2]']);
});

test('an update of the configuration holds from there on, in the place of what the request says', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } } };
  const update = (more: object): object => ({ type: 'configuration_update', ...more });
  const turn = toTurn({
    reasoning: { effort: 'low' },
    input: [
      update({ reasoning: { effort: 'high' } }),
      user('hi'),
      update({ text: { format: { type: 'json_schema', name: 'a', schema } } }),
      update({ reasoning: { effort: 'xhigh' }, text: null }),
    ],
  });
  expect(turn).toMatchObject({ reasoning: { effort: 'xhigh' }, outputSchema: schema, ignored: [] });
  expect(turn.messages.map(({ role }) => role)).toEqual(['user']);
  expect(toTurn({ reasoning: { effort: 'low' }, input: [update({}), user('hi')] })).toMatchObject({ reasoning: { effort: 'low' } });
  expect(() => toTurn({ input: [update({ reasoning: { effort: 'a lot' } })] })).toThrow(
    expect.objectContaining({ status: 400, param: 'input[0].reasoning.effort' }),
  );
});
