import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import type { CachedAnswer, ResponseCache } from '../../ports/response-cache.ts';
import { createScriptedRunner } from '../../testing/index.ts';
import type { ScriptEvent } from '../../testing/script-blocks.ts';
import { noUsage } from '../../turn/usage.ts';

const question = { role: 'user', content: 'q' };
const parameters = { type: 'object', properties: { a: { type: 'integer' } } };
const fn = (name: string): object => ({ type: 'function', function: { name, description: 'd', parameters } });
const custom = (name: string, format?: object): object => ({ type: 'custom', custom: { name, description: 'Runs code.', format } });
const textInput = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'], additionalProperties: false };

function open(events: readonly ScriptEvent[] = [{ type: 'text-delta', text: 'ok' }]) {
  const reason = events.some(({ type }) => type === 'call') ? 'tool_use' : 'end_turn';
  const runner = createScriptedRunner({
    script: (turn) => [{ type: 'turn-start', model: turn.model, usage: noUsage }, ...events, { type: 'turn-end', reason }],
  });
  const answers = new Map<string, CachedAnswer>();
  const responseCache: ResponseCache = { get: async (key) => answers.get(key), set: async (key, answer) => void answers.set(key, answer) };
  const app = createGateway({ runner, cache: { store: responseCache } });
  return {
    runner,
    ask: async (body: object, headers: Record<string, string> = {}) =>
      app.request('/v1/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model: 'sonnet', messages: [question], ...body }),
      }),
  };
}

interface Delta {
  readonly content?: string;
  readonly tool_calls?: readonly {
    readonly index: number;
    readonly id?: string;
    readonly type?: string;
    readonly function?: { readonly name?: string; readonly arguments: string };
    readonly custom?: { readonly name?: string; readonly input: string };
  }[];
}

async function deltasOf(response: Response): Promise<Delta[]> {
  const events = (await response.text()).split('\n\n').slice(0, -2);
  return events.flatMap((event) =>
    (JSON.parse(event.slice('data: '.length)) as { choices: { delta: Delta }[] }).choices.map(({ delta }) => delta),
  );
}

describe('tools and choices in the forms of other APIs', () => {
  test.each<[what: string, tool: object]>([
    ["OpenAI's", fn('f')],
    ["the Messages API's", { name: 'f', description: 'd', input_schema: parameters }],
    ["the Messages API's, of its type", { type: 'custom', name: 'f', description: 'd', input_schema: parameters }],
    ["the Responses API's", { type: 'function', name: 'f', description: 'd', parameters }],
    ['flat, without a type', { name: 'f', description: 'd', parameters }],
  ])('a tool in %s form', async (_, tool) => {
    const { ask, runner } = open();
    const response = await ask({ tools: [tool] });
    expect([response.status, response.headers.get('x-ignored-parameters')]).toEqual([200, null]);
    expect(runner.turns[0]?.tools).toEqual([{ name: 'f', description: 'd', inputSchema: parameters, strict: false }]);
  });

  const named = { type: 'tool', name: 'f', disableParallel: true };
  test.each<[choice: unknown, expected: object | undefined]>([
    [{ type: 'auto' }, undefined],
    [
      { type: 'auto', disable_parallel_tool_use: true },
      { type: 'auto', disableParallel: true },
    ],
    [{ type: 'any' }, { type: 'any', disableParallel: false }],
    [
      { type: 'any', disable_parallel_tool_use: true },
      { type: 'any', disableParallel: true },
    ],
    [{ type: 'required' }, { type: 'any', disableParallel: false }],
    [{ type: 'none' }, { type: 'none' }],
    [{ type: 'tool', name: 'f', disableParallel: true }, named],
    [{ type: 'function', name: 'f' }, named],
    [{ type: 'function', function: { name: 'f' } }, named],
    [
      { type: 'custom', custom: { name: 'run' } },
      { type: 'tool', name: 'run', disableParallel: true },
    ],
    [
      { type: 'custom', name: 'run' },
      { type: 'tool', name: 'run', disableParallel: true },
    ],
    [
      { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [fn('f'), custom('run')] } },
      { type: 'any', disableParallel: false },
    ],
    [
      {
        type: 'allowed_tools',
        mode: 'auto',
        tools: [
          { type: 'custom', name: 'run' },
          { type: 'function', name: 'f' },
        ],
      },
      { type: 'auto', disableParallel: false },
    ],
  ])('the choice %j', async (choice, expected) => {
    const { ask, runner } = open();
    const response = await ask({ tools: [fn('f'), custom('run')], tool_choice: choice });
    expect(response.status, await response.clone().text()).toBe(200);
    expect(runner.turns[0]?.toolChoice).toEqual(expected);
    expect(runner.turns[0]?.tools).toHaveLength(2);
  });

  test.each<[body: object, param: string]>([
    [{ tools: [{ type: 'function' }] }, 'tools[0].function'],
    [{ tools: [{ name: 'f g', input_schema: parameters }] }, 'tools[0].name'],
    [{ tools: [{ type: 'function', name: 'f g', parameters }] }, 'tools[0].name'],
    [{ tools: [{ type: 'function', name: 5, parameters }] }, 'tools[0].name'],
    [{ tools: [{ input_schema: parameters }] }, 'tools[0].name'],
    [{ tools: [fn('e'), { name: 'f', input_schema: 'x' }] }, 'tools[1].input_schema'],
    [{ tools: [{ name: 'f', input_schema: { type: 'string' } }] }, 'tools[0].input_schema'],
    [{ tools: [{ name: 'f', parameters: { type: 'string' } }] }, 'tools[0].parameters'],
    [{ tools: [{ name: 'f', parameters: [] }] }, 'tools[0].parameters'],
    [{ tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'string' } } }] }, 'tools[0].function.parameters'],
    [{ tools: [{ type: 'custom', name: 'f g', format: { type: 'text' } }] }, 'tools[0].name'],
    [{ tools: [{ type: 'custom', name: 'f', format: { type: 'grammar', syntax: 'peg', definition: 'x' } }] }, 'tools[0].format.syntax'],
    [{ tools: [{ type: 'custom', name: 'f', format: { type: 'grammar', syntax: 'lark' } }] }, 'tools[0].format.definition'],
    [{ tools: [fn('f')], tool_choice: { type: 'tool' } }, 'tool_choice.name'],
    [{ tools: [fn('f')], tool_choice: { type: 'tool', name: '', disableParallel: true } }, 'tool_choice.name'],
    [{ tools: [fn('f')], tool_choice: { type: 'allowed_tools', mode: 'often', tools: [fn('f')] } }, 'tool_choice.mode'],
    [
      { tools: [fn('f')], tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: '' }] } },
      'tool_choice.tools[0].name',
    ],
    [{ tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'tools[0].type'],
    [{ tools: [{ type: 'custom', custom: {} }] }, 'tools[0].custom.name'],
    [{ tools: [custom('run', { type: 'grammar', grammar: { syntax: 'peg', definition: 'x' } })] }, 'tools[0].custom.format.grammar.syntax'],
    [{ tools: [custom('run', { type: 'grammar' })] }, 'tools[0].custom.format.grammar'],
    [{ tools: [custom('run', { type: 'json' })] }, 'tools[0].custom.format.type'],
    [{ tools: [fn('run'), custom('run')] }, 'tools'],
    [{ tools: [fn('f')], tool_choice: { type: 'tool', name: 'g', disableParallel: true } }, 'tool_choice'],
    [{ tools: [fn('f')], tool_choice: { type: 'sometimes' } }, 'tool_choice.type'],
    [{ tool_choice: { type: 'any' } }, 'tool_choice'],
    [{ functions: [{ name: 'f' }], tool_choice: { type: 'any' } }, 'tool_choice'],
  ])('refused by name: %j', async (body, param) => {
    const response = await open().ask(body);
    expect([response.status, ((await response.json()) as { error: { param: string } }).error.param]).toEqual([400, param]);
  });

  test('a choice that leaves all open needs no tools', async () => {
    for (const type of ['auto', 'none']) expect((await open().ask({ tool_choice: { type } })).status).toBe(200);
  });
});

describe('custom tools', () => {
  const callOf = (input: string, size: number, name = 'run', id = 'toolu_1'): ScriptEvent[] => [
    { type: 'call', id, name },
    ...(JSON.stringify({ input }).match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []).map((json): ScriptEvent => ({
      type: 'input-delta',
      json,
    })),
  ];

  test('Claude has a tool with one text, and the grammar in its description', async () => {
    const { ask, runner } = open();
    const grammar = { syntax: 'lark', definition: 'start: "a"+' };
    const formats = [
      undefined,
      { type: 'text' },
      { type: 'grammar', grammar },
      { type: 'grammar', grammar: { syntax: 'regex', definition: '^a+$' } },
    ];
    const flat = { type: 'custom', name: 'run4', description: 'Runs code.', format: { type: 'grammar', ...grammar } };
    await ask({
      tools: [...formats.map((format, index) => custom(`run${index}`, format)), flat, { type: 'custom', custom: { name: 'run5' } }],
    });
    const tools = runner.turns[0]?.tools ?? [];
    expect(tools.map(({ inputSchema }) => inputSchema)).toEqual(tools.map(() => textInput));
    expect(tools.map(({ description }) => description)).toEqual([
      'Runs code.',
      'Runs code.',
      expect.stringMatching(/^Runs code\.\n\n.*Lark grammar:\n\nstart: "a"\+$/s),
      expect.stringMatching(/^Runs code\.\n\n.*regular expression.*:\n\n\^a\+\$$/s),
      expect.stringMatching(/^Runs code\.\n\n.*Lark grammar:\n\nstart: "a"\+$/s),
      '',
    ]);
  });

  test.each(['print("hi")\n', '', 'a\\nb\t"\u2028\u0001', '😀'.repeat(3000), '\uD83Dx', '{"input":"x"}'])(
    'a call is told with its text: %j',
    async (input) => {
      for (const size of [1, 5, 100_000]) {
        const tools = [custom('run'), fn('f')];
        const events = [...callOf(input, size), { type: 'call' as const, id: 'toolu_2', name: 'f' }];
        const { ask } = open(events);
        const whole = (await (await ask({ tools })).json()) as { choices: [{ message: object; finish_reason: string }] };
        expect(whole.choices[0]).toMatchObject({
          finish_reason: 'tool_calls',
          message: {
            content: null,
            tool_calls: [
              { id: 'toolu_1', type: 'custom', custom: { name: 'run', input } },
              { id: 'toolu_2', type: 'function', function: { name: 'f', arguments: '{}' } },
            ],
          },
        });
        // Asked twice, so that a kept answer is told so as well.
        for (const headers of [{}, { 'cache-control': 'max-age=9' }, { 'cache-control': 'max-age=9' }]) {
          const calls = (await deltasOf(await ask({ tools, stream: true }, headers))).flatMap((delta) => delta.tool_calls ?? []);
          expect(calls[0]).toEqual({ index: 0, id: 'toolu_1', type: 'custom', custom: { name: 'run', input: '' } });
          const own = calls.filter(({ index }) => index === 0);
          expect(own.map((call) => call.custom?.input).join('') === input).toBe(true);
          expect(
            own.slice(1).every((call) => Object.keys(call).join() === 'index,custom' && Object.keys(call.custom ?? {}).join() === 'input'),
          ).toBe(true);
          expect(
            calls
              .filter(({ index }) => index === 1)
              .map((call) => call.function?.arguments)
              .join(''),
          ).toBe('{}');
        }
      }
    },
  );

  test('what Claude writes otherwise is told as it is, and streamed as whole', async () => {
    const tools = [custom('run')];
    const piece = fc.constantFrom('{', '"input"', ':', '"', 'a', '\\', '\\u00', '41', '\\ud83d', '\\ude00', '}', ' ', ',', '1', '"x":');
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        const { ask } = open([
          { type: 'call', id: 'c', name: 'run' },
          ...pieces.map((json): ScriptEvent => ({ type: 'input-delta', json })),
        ]);
        const whole = (await (await ask({ tools })).json()) as { choices: [{ message: { tool_calls: [{ custom: { input: string } }] } }] };
        const streamed = (await deltasOf(await ask({ tools, stream: true }))).flatMap((delta) => delta.tool_calls ?? []);
        expect(streamed.map((call) => call.custom?.input).join('')).toBe(whole.choices[0].message.tool_calls[0].custom.input);
      }),
      { numRuns: 300 },
    );
    for (const [json, input] of [
      ['{}', ''],
      ['{"x":1,"input":"a"}', 'a'],
      ['{"x":1}', '{"x":1}'],
      ['no JSON', 'no JSON'],
    ] as const) {
      const { ask } = open([
        { type: 'call', id: 'c', name: 'run' },
        { type: 'input-delta', json },
      ]);
      expect(await (await ask({ tools })).json()).toMatchObject({ choices: [{ message: { tool_calls: [{ custom: { input } }] } }] });
    }
  });

  test('its calls and results go on', async () => {
    const { ask, runner } = open();
    const call = { id: 'c1', type: 'custom', custom: { name: 'run', input: 'x = "1"\n' } };
    const messages = [
      question,
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c1', content: '1' },
    ];
    expect((await ask({ tools: [custom('run')], messages })).status).toBe(200);
    expect(runner.turns[0]?.messages.slice(1)).toEqual([
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'run', input: { input: 'x = "1"\n' } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: [{ type: 'text', text: '1' }] }] },
    ]);
  });
});
