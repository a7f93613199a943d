import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { messageReply, stallReply, toolUseReply, type RecordedMessages } from '@claude-code-api/mock-anthropic';
import { newestCli, minimumCli } from '../../support/cli/cli-versions.ts';
import { createThread } from '../../support/chat/create-thread.ts';
import { expectErrorResponse } from '../../support/chat/expect-error.ts';
import { readStream } from '../../support/chat/read-stream.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../../support/servers/start-test-server.ts';
import { result, toolChat, user, weatherTool } from '../../support/chat/tool-chat.ts';
import { withoutCacheControl } from '../../support/chat/without-cache-control.ts';

const hidden = 'zero\u200Bwidth \uE000 \u202Eabc\u202C ﬁ e\u0301 \u{E0041}';

/** Schemas, with everything in them that a CLI might rewrite, shorten or refuse. */
const definitions = [
  { name: 'Bash', description: 'Runs nothing.', parameters: { type: 'object', properties: { command: { type: 'string' } } } },
  {
    name: 'StructuredOutput',
    description: hidden,
    parameters: { type: 'object', properties: { a: { description: hidden, const: hidden } } },
  },
  { name: 'Task', description: 'x'.repeat(20_000), parameters: { type: 'object', properties: {}, additionalProperties: false } },
  { name: 'Read' },
  {
    name: 'a-b_C9',
    parameters: {
      type: 'object',
      required: ['z', 'a'],
      properties: { z: { enum: ['x', 1, null, true] }, a: { anyOf: [{ type: 'null' }, { type: 'number' }] } },
    },
  },
  {
    name: 'tree',
    description: 'Grüße 🌳\n"quoted" <b>',
    parameters: {
      $schema: 'http://json-schema.org/draft-07/schema#',
      $defs: {
        node: { type: 'object', properties: { children: { type: 'array', items: { $ref: '#/$defs/node' } }, kind: { const: 'leaf' } } },
      },
      type: 'object',
      properties: {
        root: { $ref: '#/$defs/node' },
        deep: { type: 'object', properties: { deep: { type: 'object', properties: { date: { type: 'string', format: 'date' } } } } },
      },
      required: ['root'],
      'x-own': [1.5, { b: 1, a: 2 }],
    },
  },
  { name: 'mcp__server__tool', description: 'Not one of a server.', parameters: { type: 'object', properties: {} } },
];
const tools = definitions.map((definition) => ({ type: 'function', function: definition }));

/** As the model sees them. */
const definitionsSent = definitions
  .toSorted((one, other) => (one.name < other.name ? -1 : 1))
  .map(({ name, description, parameters }) => ({
    name,
    ...(description !== undefined && { description }),
    input_schema: parameters ?? { type: 'object', properties: {} },
  }));

const functions = [weatherTool.function, { name: 'Read' }];
const weatherCall = toolUseReply([{ id: 'toolu_f', name: 'get_weather', input: { city: 'Oslo' } }], { chunkSize: 5 });

/** Models that take a forced `tool_choice`, and that refuse one. */
const forcible = 'claude-sonnet-4-6';
const unforcible = 'claude-sonnet-5-5';

const toolChoices: readonly { what: string; body: object; choice?: object; names?: string[] }[] = [
  { what: 'auto', body: { tool_choice: 'auto' } },
  { what: 'none', body: { tool_choice: 'none' }, choice: { type: 'none' } },
  { what: 'required', body: { tool_choice: 'required' }, choice: { type: 'any' } },
  {
    what: 'required, one call',
    body: { tool_choice: 'required', parallel_tool_calls: false },
    choice: { type: 'any', disable_parallel_tool_use: true },
  },
  { what: 'one call', body: { parallel_tool_calls: false }, choice: { type: 'auto', disable_parallel_tool_use: true } },
  { what: 'several calls', body: { parallel_tool_calls: true } },
  {
    what: 'a name',
    body: { tool_choice: { type: 'function', function: { name: 'Read' } } },
    choice: { type: 'tool', name: 'Read', disable_parallel_tool_use: true },
  },
  {
    what: 'allowed tools',
    body: {
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: {
          mode: 'auto',
          tools: [
            { type: 'function', function: { name: 'tree' } },
            { type: 'function', function: { name: 'Bash' } },
          ],
        },
      },
    },
    choice: { type: 'auto' },
    names: ['Bash', 'tree'],
  },
  {
    what: 'allowed tools, required',
    body: {
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'Task' } }] },
      },
    },
    choice: { type: 'any' },
    names: ['Task'],
  },
];

// What is asked of the model for tools and choices is one code for all: the CLI takes a row of each kind, and the rest goes without one.
describe.each<{ behind: string; cli: NonNullable<TestServerOptions['cli']> }>([
  { behind: 'the newest CLI', cli: newestCli },
  { behind: 'the oldest CLI', cli: minimumCli },
  { behind: 'no CLI', cli: 'none' },
])('with $behind', ({ cli }) => {
  const isCli = cli !== 'none';
  let server: TestServer;
  let chat: TestServer['chat'];
  beforeAll(async () => {
    server = await startTestServer({ cli, runner: { maxLive: 4 } });
    chat = createThread(server);
  });
  afterAll(() => server.close());
  beforeEach(() => server.mock.reset());

  async function sent(body: object, ask: TestServer['chat'] = (asked) => server.chat(asked)): Promise<RecordedMessages['body']> {
    const before = server.mock.messages().length;
    const response = await ask({ model: 'sonnet', messages: [user('hi')], ...body });
    expect(response.status, await response.text()).toBe(200);
    const [request, ...more] = server.mock.messages().slice(before);
    if (request === undefined) throw new Error('Nothing was sent upstream.');
    expect(more).toEqual([]);
    return withoutCacheControl(request.body);
  }

  if (isCli) {
    test('the model sees every tool as the caller wrote it', async () => {
      // The conversation of the choices below too.
      chat = createThread(server);
      const one = await sent({ model: forcible, tools }, chat);
      expect(one.tools).toEqual(definitionsSent);
      expect(one.tool_choice).toBeUndefined();
      // Nothing else differs from a request without tools.
      const bare = await sent({ model: forcible });
      expect(bare.tools).toEqual([]);
      expect({ ...one, tools: [], metadata: {}, system: one.system?.slice(1) }).toEqual({
        ...bare,
        metadata: {},
        system: bare.system?.slice(1),
      });
    });

    test('as many as 128 tools, and 300 kB of them, and strict ones are marked, and closed', async () => {
      const many = Array.from({ length: 126 }, (_, index) => ({
        type: 'function',
        function: {
          name: `tool_${index}`,
          description: `${index} ${'words '.repeat(400)}`,
          parameters: { type: 'object', properties: {} },
        },
      }));
      const strict = { type: 'function', function: { ...weatherTool.function, strict: true } };
      const { tools: seen = [] } = await sent({ tools: [strict, tools[0], ...many] });
      const [first, second, ...others] = seen;
      expect([first, second]).toEqual([
        { name: 'Bash', description: 'Runs nothing.', input_schema: definitions[0]?.parameters },
        {
          name: 'get_weather',
          description: 'Tells the weather in a city.',
          input_schema: { ...weatherTool.function.parameters, additionalProperties: false },
          strict: true,
        },
      ]);
      expect(others).toHaveLength(many.length);
      expect(new Set(others.map(({ description }) => description))).toEqual(new Set(many.map((tool) => tool.function.description)));
    });
  } else {
    test('the model sees the same tools in the same order always', async () => {
      const one = await sent({ tools });
      const other = await sent({ tools: tools.toReversed() });
      expect(one.tools).toEqual(definitionsSent);
      expect(JSON.stringify(other.tools)).toBe(JSON.stringify(one.tools));
    });
  }

  // All with the same tools are asked in one conversation; those with others take a process each.
  const choicesHere = toolChoices.filter(
    ({ what, names }) => !isCli || names === undefined || (cli === newestCli && what === 'allowed tools'),
  );
  test.each(choicesHere)('tool choice: $what', async ({ body, choice, names }) => {
    const request = await sent({ model: forcible, tools, ...body }, chat);
    expect(request.tool_choice).toEqual(choice);
    expect(request.tools?.map(({ name }) => name)).toEqual(names ?? definitions.map(({ name }) => name).toSorted());
  });

  // How these are said in other words is ours, whatever the CLI.
  if (cli === newestCli || !isCli) {
    test('a model that refuses to be forced is urged instead: it sees the named tool alone, and is told to call', async () => {
      const named = await sent({ model: unforcible, tools, tool_choice: { type: 'function', function: { name: 'Bash' } } });
      expect(named.tool_choice).toEqual({ type: 'auto', disable_parallel_tool_use: true });
      expect(named.tools).toEqual([
        {
          name: 'Bash',
          description: 'Runs nothing.\n\nAnswer by calling this tool, never in text.',
          input_schema: definitions[0]?.parameters,
        },
      ]);
    });

    test('the older functions', async () => {
      server.mock.reply(weatherCall);
      const response = await server.chat({ model: 'sonnet', functions, messages: [user('Weather?')] });
      const whole = (await response.json()) as { choices: [{ message: object }] };
      expect(whole.choices[0]).toMatchObject({
        message: { content: null, function_call: { name: 'get_weather', arguments: '{"city":"Oslo"}' } },
        finish_reason: 'function_call',
      });
      expect(whole.choices[0].message).not.toHaveProperty('tool_calls');
      const [request] = server.mock.messages();
      expect(request?.body.tools?.map(({ name }) => name)).toEqual(['Read', 'get_weather']);
      expect(request?.body.tool_choice).toEqual({ type: 'auto', disable_parallel_tool_use: true });
    });
  }

  if (!isCli) {
    test('a model that refuses to be forced to call any tool sees all, and is told to call', async () => {
      const any = await sent({ model: unforcible, tools, tool_choice: 'required' });
      expect(any.tool_choice).toEqual({ type: 'auto' });
      expect(any.tools).toHaveLength(tools.length);
      for (const tool of any.tools ?? []) expect(tool.description).toMatch(/Answer by calling one of the tools, never in text\.$/);
    });

    test('a schema without a type is one of an object', async () => {
      const untyped = (parameters: object): object => ({ type: 'function', function: { name: 'a', parameters } });
      expect((await sent({ tools: [untyped({})] })).tools).toEqual([{ name: 'a', input_schema: { type: 'object' } }]);
      const properties = { b: { type: 'string' } };
      expect((await sent({ tools: [untyped({ properties })] })).tools).toEqual([
        { name: 'a', input_schema: { type: 'object', properties } },
      ]);
    });

    test('the older functions: choices, in a stream, and coming back', async () => {
      const auto = await sent({ functions });
      expect(auto.tools?.map(({ name }) => name)).toEqual(['Read', 'get_weather']);
      expect(auto.tool_choice).toEqual({ type: 'auto', disable_parallel_tool_use: true });
      expect((await sent({ functions, function_call: 'none' })).tool_choice).toEqual({ type: 'none' });
      expect((await sent({ model: forcible, functions, function_call: { name: 'Read' } })).tool_choice).toEqual({
        type: 'tool',
        name: 'Read',
        disable_parallel_tool_use: true,
      });

      server.mock.reset();
      server.mock.reply(weatherCall, weatherCall);
      const body = { model: 'sonnet', functions, messages: [user('Weather?')] };
      const whole = (await (await server.chat(body)).json()) as { choices: [{ message: object }] };
      const { chunks, finishReasons } = await readStream(await server.chat({ ...body, stream: true }));
      const deltas = chunks.flatMap((chunk) => chunk.choices.map(({ delta }) => delta)).filter((delta) => 'function_call' in delta) as {
        function_call: { name?: string; arguments: string };
      }[];
      expect(deltas.map((delta) => delta.function_call.name)).toEqual(['get_weather', ...deltas.slice(1).map(() => undefined)]);
      expect(deltas.map((delta) => delta.function_call.arguments).join('')).toBe('{"city":"Oslo"}');
      expect(finishReasons).toEqual(['function_call']);

      const back = await server.chat({
        ...body,
        messages: [user('Weather?'), whole.choices[0].message, { role: 'function', name: 'get_weather', content: '3 degrees' }],
      });
      expect(back.status).toBe(200);
      expect(withoutCacheControl(server.mock.messages().at(-1)?.body.messages)).toEqual([
        { role: 'user', content: [{ type: 'text', text: 'Weather?' }] },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'call_function_1', name: 'get_weather', input: { city: 'Oslo' } }] },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'call_function_1', content: [{ type: 'text', text: '3 degrees' }] }],
        },
      ]);
    });
  }

  if (isCli) {
    test('calls are streamed as the model writes them', async () => {
      const one = { city: 'Reykjavík 🌋', units: ['C', null, 1.5] };
      const pieces = (input: object, size: number): string[] => JSON.stringify(input).match(new RegExp(`.{1,${size}}`, 'gu')) ?? [];
      server.mock.reply(
        messageReply([
          { type: 'text', chunks: ['I ', 'look.'] },
          { type: 'tool_use', id: 'toolu_s1', name: 'get_weather', input: one, chunks: ['', ...pieces(one, 3)] },
          { type: 'tool_use', id: 'toolu_s2', name: 'Read', input: {}, chunks: [''] },
          { type: 'tool_use', id: 'toolu_s3', name: 'get_weather', input: { city: 'Oslo' }, chunks: pieces({ city: 'Oslo' }, 7) },
        ]),
      );
      const response = await server.chat({ model: 'sonnet', tools: [weatherTool, tools[3]], messages: [user('Weather?')], stream: true });
      const { chunks, text, finishReasons, isDone, errors } = await readStream(response);
      expect({ text, finishReasons, isDone, errors }).toEqual({ text: 'I look.', finishReasons: ['tool_calls'], isDone: true, errors: [] });
      const deltas = chunks.flatMap((chunk) => chunk.choices.map(({ delta }) => delta)).filter((delta) => 'tool_calls' in delta);
      const start = (index: number, id: string, name: string): object => ({
        tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }],
      });
      const more = (index: number, size: number, input: object): object[] =>
        pieces(input, size).map((json) => ({ tool_calls: [{ index, function: { arguments: json } }] }));
      expect(deltas).toEqual([
        start(0, 'toolu_s1', 'get_weather'),
        ...more(0, 3, one),
        start(1, 'toolu_s2', 'Read'),
        ...more(1, 7, {}),
        start(2, 'toolu_s3', 'get_weather'),
        ...more(2, 7, { city: 'Oslo' }),
      ]);
    });

    test('calls in a whole answer, with text and without, with arguments and without', async () => {
      server.mock.reply(toolUseReply([{ id: 'toolu_w1', name: 'get_weather', input: {} }]));
      const bare = await toolChat(server, [user('Weather?')]);
      expect(bare).toMatchObject({
        finishReason: 'tool_calls',
        message: { content: null, tool_calls: [{ id: 'toolu_w1', type: 'function', function: { name: 'get_weather', arguments: '{}' } }] },
      });
      server.mock.reply(
        toolUseReply(
          [
            { id: 'toolu_w2', name: 'get_weather', input: { city: 'Oslo' } },
            { id: 'toolu_w3', name: 'get_weather', input: { city: 'Rome' } },
          ],
          { text: 'I look.' },
        ),
      );
      // In the same process.
      const { message } = await toolChat(server, [user('Weather?'), bare.message, result('toolu_w1', 'Where?')]);
      expect(message.content).toBe('I look.');
      expect(message.tool_calls?.map((call) => [call.id, call.function.arguments])).toEqual([
        ['toolu_w2', '{"city":"Oslo"}'],
        ['toolu_w3', '{"city":"Rome"}'],
      ]);
    });

    test('a cut call is an answer that is too long, and the CLI does not go on by itself', async () => {
      server.mock.replyWith(() => stallReply());
      const cut = { type: 'tool_use', id: 'toolu_c', name: 'get_weather', input: {}, chunks: ['{"city":"Os'] } as const;
      server.mock.reply(messageReply([cut], { stopReason: 'max_tokens' }));
      const response = await server.chat({ model: 'sonnet', tools: [weatherTool], messages: [user('Weather?')] });
      const { choices } = (await response.json()) as { choices: object[] };
      expect(choices[0]).toMatchObject({ finish_reason: 'length', message: { tool_calls: [{ function: { arguments: '{"city":"Os' } }] } });
      await wait(500);
      // It may have begun to, on a busy machine, before it was killed.
      await expect.poll(() => server.mock.messages().filter(({ closedEarlyAt }) => closedEarlyAt === undefined)).toHaveLength(1);
    });
  }
});

describe('what is refused', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ cli: 'none' });
  });
  afterAll(() => server.close());

  const named = (name: string): object => ({ type: 'function', function: { name } });
  test.each<{ what: string; body: object; param: string; code?: string; message?: RegExp }>([
    { what: 'an unknown name', body: { tools, tool_choice: named('no') }, param: 'tool_choice', message: /no tool 'no'/ },
    {
      what: 'an unknown allowed tool',
      body: { tools, tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [named('no')] } } },
      param: 'tool_choice',
    },
    { what: 'a name without tools', body: { tool_choice: named('a') }, param: 'tool_choice', message: /needs 'tools'/ },
    { what: 'required without tools', body: { tool_choice: 'required' }, param: 'tool_choice', message: /needs 'tools'/ },
    { what: 'required with no tools', body: { tools: [], tool_choice: 'required' }, param: 'tool_choice', message: /needs 'tools'/ },
    {
      what: 'required with functions',
      body: { functions: [{ name: 'a' }], tool_choice: 'required' },
      param: 'tool_choice',
      message: /needs 'tools'/,
    },
    { what: 'another word', body: { tools, tool_choice: 'any' }, param: 'tool_choice', code: 'invalid_type' },
    { what: 'the same name twice', body: { tools: [tools[0], tools[0]] }, param: 'tools', message: /'Bash' is given twice/ },
    { what: 'an unknown function', body: { functions: [{ name: 'a' }], function_call: { name: 'b' } }, param: 'function_call' },
    { what: 'a function without functions', body: { function_call: { name: 'b' } }, param: 'function_call', message: /needs 'functions'/ },
    { what: 'a bad name', body: { tools: [{ type: 'function', function: { name: 'a b' } }] }, param: 'tools[0].function.name' },
    {
      what: 'a tool without a name',
      body: { tools: [{ type: 'function', function: {} }] },
      param: 'tools[0].function.name',
      code: 'missing_required_parameter',
    },
    {
      what: 'parameters that are no schema',
      body: { tools: [{ type: 'function', function: { name: 'a', parameters: 'x' } }] },
      param: 'tools[0].function.parameters',
      code: 'invalid_type',
    },
    { what: 'a tool of another type', body: { tools: [{ type: 'web_search' }] }, param: 'tools[0].type' },
  ])('$what', async ({ body, param, code = 'invalid_value', message = /./ }) => {
    const response = await server.chat({ model: 'sonnet', messages: [user('hi')], ...body });
    await expectErrorResponse(response, { status: 400, type: 'invalid_request_error', code, param, message });
    expect(server.mock.messages()).toEqual([]);
  });
});
