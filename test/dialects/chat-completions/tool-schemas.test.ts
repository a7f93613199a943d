import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { errorReply, messageReply, textReply, toolUseReply, type MessagesBody } from '@claude-code-api/mock-anthropic';
import { expectErrorResponse } from '../../support/chat/expect-error.ts';
import { readStream } from '../../support/chat/read-stream.ts';
import { startTestServer, type TestServer } from '../../support/servers/start-test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ runner: { maxLive: 2 } });
});
afterAll(() => server.close());
beforeEach(() => server.mock.reset());

const text = { type: 'string' };
const listApps = toolOf('list_apps', {
  type: 'object',
  properties: { 'filter[id]': text, limit: { type: 'integer' } },
  required: ['filter[id]'],
});
const ask = { role: 'user', content: 'Which apps?' };
const call = { id: 'toolu_1', name: 'list_apps', input: { filter_id_: 'filter_id_', limit: 1 } };
const called = '{"filter[id]":"filter_id_","limit":1}';

function toolOf(name: string, parameters: object, more: object = {}): object {
  return { type: 'function', function: { name, parameters, ...more } };
}

function upstream(): readonly MessagesBody[] {
  return server.mock.messages().map(({ body }) => body);
}

interface Completion {
  readonly choices: readonly [
    { readonly message: { readonly tool_calls: readonly { readonly id: string; readonly function: { readonly arguments: string } }[] } },
  ];
}

interface ToolDelta {
  readonly tool_calls?: readonly { readonly function?: { readonly arguments?: string } }[];
}

test('properties whose names the API refuses have others there, and their own here: whole, held, and rebuilt', async () => {
  server.mock.reply(toolUseReply([call]), textReply('One.'), textReply('Again.'));
  const response = await server.chat({ model: 'sonnet', tools: [listApps], messages: [ask] });
  const message = ((await response.json()) as Completion).choices[0].message;
  expect(JSON.parse(message.tool_calls[0]?.function.arguments ?? '')).toEqual(JSON.parse(called));
  const id = message.tool_calls[0]?.id;
  const history = [ask, message, { role: 'tool', tool_call_id: id, content: 'x' }];
  expect((await server.chat({ model: 'sonnet', tools: [listApps], messages: history })).status).toBe(200);
  // Another question after the same call: no process holds that.
  expect(
    (await server.chat({ model: 'sonnet', tools: [listApps], messages: [...history, { role: 'user', content: 'And now?' }] })).status,
  ).toBe(200);
  for (const body of upstream()) {
    const [tool] = body.tools as readonly { input_schema: object }[];
    expect(tool?.input_schema).toEqual({
      type: 'object',
      properties: { filter_id_: { ...text, description: 'filter[id]' }, limit: { type: 'integer' } },
      required: ['filter_id_'],
    });
    expect(JSON.stringify(body.messages)).not.toContain('filter[id]');
  }
  expect(JSON.stringify(upstream()[2]?.messages)).toContain('"input":{"filter_id_":"filter_id_","limit":1}');
});

test('the same streamed', async () => {
  server.mock.reply(toolUseReply([call], { chunkSize: 3 }));
  const { chunks } = await readStream(await server.chat({ model: 'sonnet', tools: [listApps], messages: [ask], stream: true }));
  const deltas = chunks.flatMap(({ choices }) => choices.flatMap(({ delta }) => (delta as ToolDelta).tool_calls ?? []));
  expect(JSON.parse(deltas.map((delta) => delta.function?.arguments ?? '').join(''))).toEqual(JSON.parse(called));
});

test('strict tools are adapted to what the model can be held to; what it can not is no longer strict', async () => {
  const tools = [
    toolOf('a', { type: 'object', properties: { n: { type: 'integer', minimum: 1 } }, required: ['n'] }, { strict: true }),
    toolOf('b', { type: 'object', additionalProperties: text }, { strict: true }),
    toolOf('c', { type: 'object', properties: { n: { minimum: 1 } } }),
  ];
  server.mock.reply(textReply('Hi.'));
  expect((await server.chat({ model: 'sonnet', tools, messages: [ask] })).status).toBe(200);
  expect(upstream()[0]?.tools).toMatchObject([
    { input_schema: { properties: { n: { type: 'integer', description: '(minimum: 1)' } }, additionalProperties: false }, strict: true },
    { input_schema: { type: 'object', additionalProperties: text } },
    { input_schema: { properties: { n: { minimum: 1 } } } },
  ]);
  expect(
    upstream()[0]
      ?.tools?.slice(1)
      .some((tool) => 'strict' in Object(tool)),
  ).toBe(false);
});

test('alternatives and types at the root are what the API takes', async () => {
  const tools = [
    toolOf('a', {
      anyOf: [
        { type: 'object', properties: { x: text }, required: ['x'] },
        { type: 'object', properties: { y: text } },
      ],
    }),
    toolOf('b', { type: ['object', 'null'], properties: { x: text } }),
  ];
  server.mock.reply(textReply('Hi.'));
  expect((await server.chat({ model: 'sonnet', tools, messages: [ask] })).status).toBe(200);
  const sent = upstream()[0]?.tools as readonly { input_schema: object }[];
  expect(sent.map((tool) => tool.input_schema)).toEqual([
    { type: 'object', properties: { x: text, y: text }, description: expect.stringContaining('must fit {"anyOf":') },
    { type: 'object', properties: { x: text } },
  ]);
  const refused = await server.chat({ model: 'sonnet', tools: [toolOf('a', {}), toolOf('b', { type: 'string' })], messages: [ask] });
  await expectErrorResponse(refused, {
    status: 400,
    type: 'invalid_request_error',
    code: 'invalid_function_parameters',
    param: 'tools[1].function.parameters',
    message: /function 'b'/,
  });
});

test("an error of the API's about a tool names the caller's own", async () => {
  const refusal = errorReply(400, 'invalid_request_error', 'tools.1.custom.input_schema: JSON schema is invalid.');
  // The CLI asks once more without a beta of its own.
  server.mock.reply(refusal, refusal);
  const tools = [
    toolOf('z_first', { type: 'object', properties: { a: { type: 5 } } }),
    toolOf('a_second', { type: 'object', properties: {} }),
  ];
  await expectErrorResponse(await server.chat({ model: 'sonnet', tools, messages: [ask] }), {
    status: 400,
    type: 'invalid_request_error',
    code: null,
    param: 'tools',
    message: /^the tool 'z_first', input_schema: JSON schema is invalid\.$/,
  });
});

test('numbers that JavaScript can not hold keep their digits: whole, in a follow-up, and in what is kept', async () => {
  const json = '{"id":12345678901234567890,"more":[-9007199254740993,1.5]}';
  const block = { type: 'tool_use', id: 'toolu_1', name: 'find', input: {}, chunks: [json.slice(0, 15), json.slice(15)] } as const;
  server.mock.reply(messageReply([block], { stopReason: 'tool_use' }), textReply('Found.'), textReply('Again.'));
  const tools = [toolOf('find', { type: 'object', properties: { id: { type: 'integer' } } })];
  const first = await server.chat({ model: 'sonnet', tools, messages: [ask] });
  const { choices, conversation_id: conversation } = (await first.json()) as Completion & { conversation_id: string };
  const [{ message }] = choices;
  expect(message.tool_calls[0]?.function.arguments).toBe(json);
  const kept = await (await fetch(`${server.url}/v1/conversations/${conversation}/items`)).text();
  expect(kept).toContain(JSON.stringify(json));
  const result = { role: 'tool', tool_call_id: message.tool_calls[0]?.id, content: 'x' };
  // By the conversation's id, and by the history as clients send it.
  await server.chat({ model: 'sonnet', tools, messages: [result], conversation_id: conversation });
  await server.chat({ model: 'sonnet', tools, messages: [ask, message, result] });
  const input = '"input":{"id":"12345678901234567890","more":["-9007199254740993",1.5]}';
  for (const body of upstream().slice(1)) expect(JSON.stringify(body.messages)).toContain(input);
  expect(upstream()).toHaveLength(3);
});
