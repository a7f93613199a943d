import { describe, expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { createScriptedRunner } from '../../testing/index.ts';
import { systemText } from '../../turn/content-block.ts';

const user = (content: unknown): object => ({ role: 'user', content });
const assistant = (content: unknown, more: object = {}): object => ({ role: 'assistant', content, ...more });
const system = (content: unknown): object => ({ role: 'system', content });
const result = (id: string, content: string): object => ({ role: 'tool', tool_call_id: id, content });
const call = (id: string, name = 'f', input = '{}'): object => ({ id, type: 'function', function: { name, arguments: input } });
const text = (value: string): object => ({ type: 'text', text: value });
const use = (id: string, input: unknown = {}, name = 'f'): object => ({ type: 'tool_use', id, name, input });
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const picture = { type: 'image_url', image_url: { url: 'ftp://example.com/a.png' } };

async function ask(body: object, headers: Record<string, string> = {}) {
  const runner = createScriptedRunner();
  const app = createGateway({ runner });
  const response = await app.request('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'sonnet', ...body }),
  });
  const { error } = (await response.json()) as { error?: { message: string; param: string | null } };
  const ignored = response.headers.get('x-ignored-parameters');
  return { status: response.status, error, ignored, turn: runner.turns[0] };
}

type Said = [role: 'user' | 'assistant', ...blocks: unknown[]];

describe('what reaches Claude', () => {
  test.each<[what: string, messages: object[], said: Said[]]>([
    [
      'a system message behind an answer',
      [user('q'), assistant('a'), system('s')],
      [
        ['user', text('q')],
        ['assistant', text('a')],
        ['user', text('s')],
      ],
    ],
    [
      'one with more behind it',
      [user('q'), assistant('a'), system('s'), user('r')],
      [
        ['user', text('q')],
        ['assistant', text('a')],
        ['user', text('s'), text('r')],
      ],
    ],
    [
      'one behind results',
      [user('q'), assistant(null, { tool_calls: [call('c')] }), result('c', 'r'), { role: 'developer', content: 's' }],
      [
        ['user', text('q')],
        ['assistant', use('c')],
        ['user', { type: 'tool_result', tool_use_id: 'c', content: [text('r')] }, text('s')],
      ],
    ],
    [
      'one between a call and its result',
      [user('q'), assistant(null, { tool_calls: [call('c')] }), system('s'), result('c', 'r')],
      [
        ['user', text('q')],
        ['assistant', use('c')],
        ['user', { type: 'tool_result', tool_use_id: 'c', content: [text('r')] }, text('s')],
      ],
    ],
    [
      'a begun answer',
      [user('q'), assistant('Sure, ')],
      [
        ['user', text('q')],
        ['assistant', text('Sure,')],
      ],
    ],
    [
      'a begun answer in parts',
      [user('q'), assistant([text('Sure'), text('ly \n'), text(' ')])],
      [
        ['user', text('q')],
        ['assistant', text('Sure'), text('ly')],
      ],
    ],
    [
      'white space at the end of an answer before',
      [user('q'), assistant('a \n'), user('r')],
      [
        ['user', text('q')],
        ['assistant', text('a \n')],
        ['user', text('r')],
      ],
    ],
    [
      'an answer as output_text',
      [user('q'), assistant([{ type: 'output_text', text: 'seven', annotations: [] }]), user('r')],
      [
        ['user', text('q')],
        ['assistant', text('seven')],
        ['user', text('r')],
      ],
    ],
    [
      'a refusal',
      [user('q'), assistant([{ type: 'refusal', refusal: 'no' }]), user('r')],
      [
        ['user', text('q')],
        ['assistant', text('no')],
        ['user', text('r')],
      ],
    ],
    [
      'calls, text and results apart',
      [
        user('q'),
        assistant(null, { tool_calls: [call('c')] }),
        assistant('so'),
        assistant(null, { tool_calls: [call('d')] }),
        result('d', '2'),
        result('c', '1'),
      ],
      [
        ['user', text('q')],
        ['assistant', text('so'), use('c'), use('d')],
        [
          'user',
          { type: 'tool_result', tool_use_id: 'd', content: [text('2')] },
          { type: 'tool_result', tool_use_id: 'c', content: [text('1')] },
        ],
      ],
    ],
    [
      'an older call and text apart',
      [
        user('q'),
        assistant(null, { function_call: { name: 'f', arguments: '{}' } }),
        assistant('so'),
        { role: 'function', name: 'f', content: '1' },
      ],
      [
        ['user', text('q')],
        ['assistant', text('so'), use('call_function_1')],
        ['user', { type: 'tool_result', tool_use_id: 'call_function_1', content: [text('1')] }],
      ],
    ],
    [
      'tool_use and tool_result blocks',
      [
        user('q'),
        assistant([text('let me see'), use('c', { a: 1 })]),
        user([{ type: 'tool_result', tool_use_id: 'c', content: 'sunny' }, text('go on')]),
      ],
      [
        ['user', text('q')],
        ['assistant', text('let me see'), use('c', { a: 1 })],
        ['user', { type: 'tool_result', tool_use_id: 'c', content: [text('sunny')] }, text('go on')],
      ],
    ],
    [
      'a tool_result of parts, that failed',
      [
        user('q'),
        assistant([use('c')]),
        user([
          {
            type: 'tool_result',
            tool_use_id: 'c',
            is_error: true,
            content: [text('no'), { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } }],
          },
        ]),
      ],
      [
        ['user', text('q')],
        ['assistant', use('c')],
        [
          'user',
          {
            type: 'tool_result',
            tool_use_id: 'c',
            is_error: true,
            content: [text('no'), { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } }],
          },
        ],
      ],
    ],
    [
      'a tool_result without content',
      [user('q'), assistant([use('c')]), user([{ type: 'tool_result', tool_use_id: 'c' }])],
      [
        ['user', text('q')],
        ['assistant', use('c')],
        ['user', { type: 'tool_result', tool_use_id: 'c', content: [] }],
      ],
    ],
    [
      'a tool_use beside the same call',
      [user('q'), assistant([text('so'), use('c', '{"a":')], { tool_calls: [call('c', 'f', '{"a":1}')] }), result('c', 'r')],
      [
        ['user', text('q')],
        ['assistant', text('so'), use('c', { a: 1 })],
        ['user', { type: 'tool_result', tool_use_id: 'c', content: [text('r')] }],
      ],
    ],
    [
      'a picture by its address',
      [user([{ type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }])],
      [['user', { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }]],
    ],
  ])('%s', async (_, messages, said) => {
    const { turn, error } = await ask({ messages, tools: [{ type: 'function', function: { name: 'f' } }] });
    expect(error).toBeUndefined();
    expect(turn?.messages).toEqual(said.map(([role, ...content]) => ({ role, content })));
    expect(systemText(turn?.system ?? [])).toBe('');
  });

  test.each<[what: string, body: object, prompt: string]>([
    ['messages before the first answer', { messages: [system('one'), user('q'), system('two'), assistant('a'), user('r')] }, 'one\n\ntwo'],
    ['a system prompt beside the messages', { system: 'You review.', messages: [user('q')] }, 'You review.'],
    [
      'one in parts, and more',
      { system: [text('You test.'), text('Well.')], messages: [system('Briefly.'), user('q')] },
      'You test.\nWell.\n\nBriefly.',
    ],
    ['none', { system: null, messages: [user('q')] }, ''],
    ['an empty one', { system: [], messages: [user('q')] }, ''],
  ])('as the system prompt: %s', async (_, body, prompt) => {
    expect(systemText((await ask(body)).turn?.system ?? [])).toBe(prompt);
  });
});

test.each<[what: string, messages: object[], param: string]>([
  ['an empty last message is no begun answer', [user('q'), assistant('a'), user('')], 'messages[2].content'],
  ['nor is a blank one', [user('q'), assistant('a'), user([text(' \n')])], 'messages[2].content'],
  ['nor an empty system message', [user('q'), assistant('a'), system('')], 'messages[2].content'],
  [
    'a picture in an answer',
    [user('q'), assistant([{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }]), user('r')],
    'messages[1].content[0].type',
  ],
  ['a part without its text', [user('q'), assistant([{ type: 'text', content: 'seven' }]), user('r')], 'messages[1].content[0].text'],
  ['an output_text without its text', [user('q'), assistant([{ type: 'output_text' }]), user('r')], 'messages[1].content[0].text'],
  ['a refusal without its words', [user('q'), assistant([{ type: 'refusal' }]), user('r')], 'messages[1].content[0].refusal'],
  ['a tool_use without a result', [user('q'), assistant([use('c')]), user('r')], 'messages[2]'],
  [
    'a tool_result without a call',
    [user('q'), assistant('a'), user([{ type: 'tool_result', tool_use_id: 'c', content: 'r' }])],
    'messages[2].content[0].tool_use_id',
  ],
  [
    'a result after more than one message was made of one',
    [user('q'), assistant([use('c')]), user([{ type: 'tool_result', tool_use_id: 'c' }, text('so')]), result('d', 'r')],
    'messages[3].tool_call_id',
  ],
  [
    'the second of two tool_results',
    [
      user('q'),
      assistant([use('c')]),
      user([text('so'), { type: 'tool_result', tool_use_id: 'c' }, { type: 'tool_result', tool_use_id: 'd' }]),
    ],
    'messages[2].content[2].tool_use_id',
  ],
  [
    'a picture in a tool_result',
    [user('q'), assistant([use('c')]), user([text('so'), { type: 'tool_result', tool_use_id: 'c', content: [text('r'), picture] }])],
    'messages[2].content[1].content[1].image_url.url',
  ],
  [
    'a picture behind a tool_result',
    [user('q'), assistant([use('c')]), user([{ type: 'tool_result', tool_use_id: 'c' }, text('so'), picture])],
    'messages[2].content[2].image_url.url',
  ],
  [
    'a part of a tool_result',
    [user('q'), assistant([use('c')]), user([{ type: 'tool_result', tool_use_id: 'c', content: [{ type: 'text' }] }])],
    'messages[2].content[0].content[0].text',
  ],
])('refused by name: %s', async (_, messages, param) => {
  const { status, error, turn } = await ask({ messages });
  expect([status, error?.param]).toEqual([400, param]);
  expect(turn).toBeUndefined();
});

describe('what has no effect within messages', () => {
  const hint = { cache_control: { type: 'ephemeral' } };
  test.each<[what: string, body: object, ignored: string | null]>([
    ['a hint in a part', { messages: [user([{ ...text('q'), ...hint }])] }, 'messages[0].content[0].cache_control'],
    [
      'the first of several',
      { messages: [system([text('s'), { ...text('t'), ...hint }]), user([{ ...text('q'), ...hint }])] },
      'messages[0].content[1].cache_control',
    ],
    ['one in a message', { messages: [{ ...user('q'), ...hint }] }, 'messages[0].cache_control'],
    ['one in a system prompt', { system: [{ ...text('s'), ...hint }], messages: [user('q')] }, 'system[0].cache_control'],
    ['one in a tool', { tools: [{ type: 'function', function: { name: 'f' }, ...hint }], messages: [user('q')] }, 'tools[0].cache_control'],
    [
      'one in a function',
      { tools: [{ type: 'function', function: { name: 'f', ...hint } }], messages: [user('q')] },
      'tools[0].function.cache_control',
    ],
    [
      'one in a result',
      {
        messages: [
          user('q'),
          assistant([use('c')]),
          user([{ type: 'tool_result', tool_use_id: 'c', content: [{ ...text('r'), ...hint }] }]),
        ],
      },
      'messages[2].content[0].content[0].cache_control',
    ],
    ['none', { messages: [user([{ ...text('q'), cache_control: null }])] }, null],
    ['a name', { messages: [user('q'), assistant('a'), { ...user('r'), name: 'Ann' }] }, 'messages[2].name'],
    ['a name that says nothing', { messages: [{ ...user('r'), name: '' }] }, null],
    [
      'thinking, and a breakpoint',
      {
        messages: [
          user('q'),
          assistant([{ type: 'thinking', thinking: 'hm', signature: 'x' }, text('a')]),
          user([{ ...text('r'), prompt_cache_breakpoint: {} }]),
        ],
      },
      'messages[1].content[0], messages[2].content[0].prompt_cache_breakpoint',
    ],
    ['an answer in audio', { messages: [user('q'), assistant(null, { audio: { id: 'a' } }), user('r')] }, 'messages[1].audio'],
    ['no audio', { messages: [user('q'), assistant('a', { audio: null }), user('r')] }, null],
    ['a name of a tool', { messages: [user('q'), assistant([use('c')]), { ...result('c', 'r'), name: 'f' }] }, null],
  ])('%s', async (_, body, ignored) => {
    expect(await ask(body)).toMatchObject({ status: 200, ignored });
    const strict = await ask(body, { 'x-strict-parameters': 'true' });
    expect([strict.status, strict.error?.param]).toEqual(ignored === null ? [200, undefined] : [400, ignored.split(', ')[0]]);
  });
});
