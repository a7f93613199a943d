import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parameters } from '../../../packages/gateway/src/dialects/chat-completions/request/parameters.ts';
import { errorReply, stallReply, textReply, thinkingReply, type MessagesBody } from '@claude-code-api/mock-anthropic';
import { newestCli } from '../../support/cli/cli-versions.ts';
import { createThread } from '../../support/chat/create-thread.ts';
import { expectErrorResponse } from '../../support/chat/expect-error.ts';
import { readStream } from '../../support/chat/read-stream.ts';
import { startTestServer, type TestServer } from '../../support/servers/start-test-server.ts';
import { until } from '../../support/until.ts';

interface Native {
  readonly body: object;
  /** What must be in the request upstream; an undefined value must not. */
  readonly upstream: object;
}

/** It takes temperature, top_p and top_k together. */
const samplingModel = 'claude-sonnet-4-20250514';
const sampled = (body: object, upstream: object): Native => ({ body: { model: samplingModel, ...body }, upstream });
const adaptive = { type: 'adaptive', display: 'summarized' };
const thinks = (effort: string): object => ({ thinking: adaptive, output_config: { effort } });
const doesNot = { thinking: undefined, output_config: undefined };
const messages = [{ role: 'user', content: 'hi' }];
const definition = { name: 'look', parameters: { type: 'object', properties: {} } };
const tools = [{ type: 'function', function: definition }];
const upstreamTools = [{ name: 'look', input_schema: definition.parameters }];
const endUser = (id: string): object => ({
  metadata: { user_id: expect.stringContaining(`\\"end_user\\":\\"${id}\\"`.replaceAll('\\', '')) },
});

const rows: Record<string, readonly Native[]> = {
  model: [{ body: { model: 'claude-opus-4-1' }, upstream: { model: 'claude-opus-4-1' } }],
  // Of a model of its own: nothing was said before.
  messages: [{ body: { model: 'claude-haiku-4-5' }, upstream: { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] } }],
  system: [
    { body: { system: 'Be brief.' }, upstream: { system: expect.arrayContaining([expect.objectContaining({ text: 'Be brief.' })]) } },
  ],
  stream: [{ body: { stream: false }, upstream: { stream: true } }],
  stream_options: [{ body: { stream_options: { include_usage: true } }, upstream: {} }],
  max_completion_tokens: [
    { body: { max_completion_tokens: 77 }, upstream: { max_tokens: 77 } },
    { body: { max_completion_tokens: 77, max_tokens: 99 }, upstream: { max_tokens: 77 } },
    { body: { max_completion_tokens: null, max_tokens: 99 }, upstream: { max_tokens: 99 } },
  ],
  max_tokens: [{ body: { max_tokens: 1 }, upstream: { max_tokens: 1 } }],
  temperature: [
    sampled({ temperature: 0 }, { temperature: 0 }),
    sampled({ temperature: 0.7 }, { temperature: 0.7 }),
    // The CLI itself tells older models the default.
    sampled({ temperature: 1 }, { temperature: 1 }),
    sampled({ temperature: 2 }, { temperature: 1 }),
    { body: { temperature: 1 }, upstream: { temperature: undefined } },
    { body: { temperature: 2 }, upstream: { temperature: undefined } },
  ],
  top_p: [
    sampled({ top_p: 0.3 }, { top_p: 0.3 }),
    sampled({ top_p: 0 }, { top_p: 0 }),
    sampled({ top_p: 1 }, { top_p: undefined }),
    sampled({ top_p: 0.3, temperature: 0.5 }, { top_p: 0.3, temperature: 0.5 }),
    { body: { top_p: 1 }, upstream: { top_p: undefined } },
  ],
  top_k: [sampled({ top_k: 5 }, { top_k: 5 })],
  n: [{ body: { n: 1 }, upstream: {} }],
  stop: [
    { body: { stop: 'END' }, upstream: { stop_sequences: ['END'] } },
    { body: { stop: ['a', 'b', ' c', 'd\n'] }, upstream: { stop_sequences: ['a', 'b', ' c', 'd\n'] } },
    { body: { stop: ['a', '\n\n'] }, upstream: { stop_sequences: ['a'] } },
    { body: { stop: '\n\n' }, upstream: { stop_sequences: undefined } },
    { body: { stop: [] }, upstream: { stop_sequences: undefined } },
  ],
  seed: [{ body: { seed: 0 }, upstream: {} }],
  tools: [
    { body: { tools }, upstream: { tools: upstreamTools, tool_choice: undefined } },
    { body: { tools: [] }, upstream: { tools: [] } },
  ],
  tool_choice: [
    { body: { tools, tool_choice: 'none' }, upstream: { tool_choice: { type: 'none' } } },
    { body: { tools, tool_choice: 'auto' }, upstream: { tool_choice: undefined } },
  ],
  parallel_tool_calls: [
    { body: { tools, parallel_tool_calls: false }, upstream: { tool_choice: { type: 'auto', disable_parallel_tool_use: true } } },
    { body: { tools, parallel_tool_calls: true }, upstream: { tool_choice: undefined } },
    { body: { parallel_tool_calls: false }, upstream: { tool_choice: undefined } },
  ],
  functions: [{ body: { functions: [definition] }, upstream: { tools: upstreamTools } }],
  function_call: [
    { body: { functions: [definition], function_call: 'none' }, upstream: { tools: upstreamTools, tool_choice: { type: 'none' } } },
  ],
  response_format: [{ body: { response_format: { type: 'text' } }, upstream: { output_config: undefined } }],
  reasoning_effort: [
    { body: {}, upstream: doesNot },
    { body: { reasoning_effort: 'none' }, upstream: doesNot },
    { body: { reasoning_effort: 'minimal' }, upstream: thinks('low') },
    ...['low', 'medium', 'high', 'xhigh', 'max'].map((effort) => ({ body: { reasoning_effort: effort }, upstream: thinks(effort) })),
    // The words and forms that older models have.
    { body: { model: 'claude-opus-4-6', reasoning_effort: 'xhigh' }, upstream: thinks('high') },
    {
      body: { model: 'claude-sonnet-4-5', reasoning_effort: 'high' },
      upstream: { thinking: { type: 'enabled', budget_tokens: 16_384 }, output_config: undefined },
    },
    {
      body: { model: 'claude-sonnet-4-5', reasoning_effort: 'max', max_tokens: 3000 },
      upstream: { thinking: { type: 'enabled', budget_tokens: 2999 }, max_tokens: 3000 },
    },
    { body: { model: 'claude-sonnet-4-5', reasoning_effort: 'low', max_tokens: 500 }, upstream: doesNot },
    { body: { model: 'claude-3-5-haiku-latest', reasoning_effort: 'high' }, upstream: doesNot },
    { body: { model: 'claude-opus-5', reasoning_effort: 'none' }, upstream: { thinking: { type: 'disabled' } } },
  ],
  reasoning: [
    { body: { reasoning: { effort: 'high' } }, upstream: thinks('high') },
    { body: { reasoning: { effort: 'none' } }, upstream: doesNot },
    { body: { reasoning: { effort: 'high' }, reasoning_effort: 'low' }, upstream: thinks('low') },
    { body: { reasoning: {} }, upstream: doesNot },
  ],
  thinking: [
    { body: { thinking: { type: 'adaptive' } }, upstream: { thinking: adaptive, output_config: undefined } },
    { body: { thinking: { type: 'adaptive' }, reasoning_effort: 'low' }, upstream: thinks('low') },
    {
      body: { thinking: { type: 'disabled' }, reasoning_effort: 'low' },
      upstream: { thinking: undefined, output_config: { effort: 'low' } },
    },
    {
      body: { model: 'claude-opus-4-6', thinking: { type: 'enabled', budget_tokens: 2000 } },
      upstream: { thinking: { type: 'enabled', budget_tokens: 2000 } },
    },
    // The newest take no budget.
    { body: { thinking: { type: 'enabled', budget_tokens: 2000 } }, upstream: { thinking: adaptive } },
    {
      body: { model: 'claude-opus-5', thinking: { type: 'disabled' }, reasoning_effort: 'max' },
      upstream: { thinking: { type: 'disabled' }, output_config: { effort: 'high' } },
    },
  ],
  metadata: [{ body: { metadata: { a: 'b' } }, upstream: {} }],
  activity: [{ body: { activity: 'none' }, upstream: {} }],
  conversation_id: [{ body: { conversation_id: '' }, upstream: {} }],
  store: [
    { body: { store: true }, upstream: {} },
    { body: { store: false }, upstream: {} },
  ],
  user: [{ body: { user: 'anna' }, upstream: endUser('anna') }],
  safety_identifier: [
    { body: { safety_identifier: 'berta' }, upstream: endUser('berta') },
    { body: { safety_identifier: 'berta', user: 'anna' }, upstream: endUser('berta') },
  ],
};

const names = Object.keys(parameters);
let server: TestServer;
let strict: TestServer;
/** Without a CLI: for what is made of an answer, whoever gave it. */
let plain: TestServer;
/** Asks `server` in conversations that go on; so each parameter must take effect turn by turn, too. */
let chat: TestServer['chat'];
let strictChat: TestServer['chat'];
beforeAll(async () => {
  server = await startTestServer();
  chat = createThread(server);
  strict = await startTestServer({
    settings: { 'server.strict_parameters': 'true', 'models.reasoning_effort': 'medium' },
    runner: { maxLive: 1 },
  });
  strictChat = createThread(strict);
  plain = await startTestServer({ cli: 'none' });
});
afterAll(async () => {
  await plain.close();
  await server.close();
  await strict.close();
});
beforeEach(() => {
  server.mock.reset();
  strict.mock.reset();
  plain.mock.reset();
});

/** What is refused is asked of a server itself: it would end the conversation of the others. */
function ask(body: object, headers: Record<string, string> = {}, to: Pick<TestServer, 'chat'> = { chat }): Promise<Response> {
  return to.chat({ model: 'sonnet', messages, ...body }, { headers });
}

/** Asks, and gives what was sent upstream in one request. */
async function sent(body: object, to: TestServer = server): Promise<MessagesBody> {
  const response = await ask(body, {}, { chat: to === strict ? strictChat : chat });
  expect(response.status, await response.text()).toBe(200);
  const [request, ...more] = to.mock.messages();
  if (request === undefined) throw new Error('Nothing was sent upstream.');
  expect(more).toEqual([]);
  return JSON.parse(JSON.stringify(request.body, (key, value: unknown) => (key === 'cache_control' ? undefined : value))) as MessagesBody;
}

const refused = (param: string, code: unknown = expect.any(String)): object => ({
  error: { type: 'invalid_request_error', param, code, message: expect.stringMatching(/./) },
});

test('every parameter with an effect has its row here; what is refused or ignored is tested beside the code', () => {
  const effective = Object.entries(parameters).flatMap(([name, { support }]) => (support === 'ignored' ? [] : [name]));
  expect(Object.keys(rows).toSorted()).toEqual(effective.toSorted());
});

describe(`with CLI ${newestCli.version}`, () => {
  const each = Object.entries(rows).flatMap(([name, natives]) => natives.map((native) => ({ name, ...native })));
  test.each(each)('$name reaches Claude: $body', async ({ body, upstream }) => {
    const request = await sent(body);
    for (const [key, value] of Object.entries(upstream)) {
      if (value === undefined) expect(Object.keys(request)).not.toContain(key);
      else expect(request[key]).toEqual(value);
    }
  });

  test('all of them null at once', async () => {
    const nulls = Object.fromEntries(names.map((name) => [name, null]));
    expect(await sent({ ...nulls, model: 'sonnet', messages })).toMatchObject({ model: 'claude-sonnet-5-5' });
  });
});

describe('what has no effect', () => {
  test('keys that nobody knows are named', async () => {
    const body = { plugins: [], cache_control: {}, provider: null, verbosity: 'low' };
    const response = await ask(body);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-ignored-parameters')).toBe('verbosity, plugins, cache_control');
    const refusal = await ask({ plugins: [] }, { 'x-strict-parameters': 'true' }, server);
    expect(refusal.status).toBe(400);
    expect(await refusal.json()).toEqual(refused('plugins', 'unsupported_parameter'));
  });

  test('a key that could break the header is left out of it', async () => {
    const response = await ask({ 'a\r\nx-evil: 1': 1, ü: 1, b: 1 });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-ignored-parameters')).toBe('b');
    expect(response.headers.get('x-evil')).toBeNull();
  });

  test('streams name them too', async () => {
    const response = await ask({ stream: true, verbosity: 'low' });
    expect(response.headers.get('x-ignored-parameters')).toBe('verbosity');
    expect(await readStream(response)).toMatchObject({ text: 'Hello world', isDone: true });
  });

  test('strict by setting, unless a request says otherwise', async () => {
    const refusal = await ask({ verbosity: 'low' }, {}, strict);
    expect(refusal.status).toBe(400);
    expect(await refusal.json()).toEqual(refused('verbosity', 'unsupported_parameter'));
    const lenient = await ask({ verbosity: 'low' }, { 'x-strict-parameters': 'false' }, { chat: strictChat });
    expect(lenient.status).toBe(200);
    expect(lenient.headers.get('x-ignored-parameters')).toBe('verbosity');
  });

  test.each([
    { what: 'all', model: 'sonnet', ignored: 'temperature, top_p, top_k', upstream: {} },
    { what: 'top_p beside a temperature', model: 'claude-sonnet-4-6', ignored: 'top_p', upstream: { temperature: 0.2, top_k: 3 } },
    { what: 'nothing', model: samplingModel, ignored: null, upstream: { temperature: 0.2, top_p: 0.5, top_k: 3 } },
  ])('what $model does not take of sampling: $what', async ({ model, ignored, upstream }) => {
    const body = { model, temperature: 0.2, top_p: 0.5, top_k: 3 };
    const response = await ask(body);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-ignored-parameters')).toBe(ignored);
    const [request] = server.mock.messages();
    const sampling = Object.entries(request?.body ?? {}).filter(([key]) => ['temperature', 'top_p', 'top_k'].includes(key));
    expect(Object.fromEntries(sampling)).toEqual(upstream);
    const refusal = await ask(body, { 'x-strict-parameters': 'true' }, ignored === null ? { chat } : server);
    expect(refusal.status).toBe(ignored === null ? 200 : 400);
  });
});

describe('thinking and what it excludes', () => {
  const effort = { reasoning_effort: 'low', model: samplingModel };
  const budget = { type: 'enabled' };

  test.each([
    // The CLI itself tells older models the default.
    { what: 'temperature', body: { ...effort, temperature: 0.5 }, upstream: { temperature: 1, thinking: budget } },
    { what: 'top_k', body: { ...effort, top_k: 5 }, upstream: { top_k: undefined, thinking: budget } },
    { what: 'top_p', body: { ...effort, top_p: 0.5 }, upstream: { top_p: undefined, thinking: budget } },
    {
      what: 'reasoning_effort',
      body: { ...effort, tools, tool_choice: 'required' },
      upstream: { tool_choice: { type: 'any' }, thinking: undefined },
    },
  ])('$what gives way, and is named or refused', async ({ what, body, upstream }) => {
    const response = await ask(body);
    expect([response.status, response.headers.get('x-ignored-parameters')]).toEqual([200, what]);
    const [request] = server.mock.messages();
    expect(Object.fromEntries(Object.keys(upstream).map((key) => [key, request?.body[key]]))).toMatchObject(upstream);
    await expectErrorResponse(await ask(body, { 'x-strict-parameters': 'true' }, server), {
      status: 400,
      type: 'invalid_request_error',
      code: 'unsupported_parameter',
      param: what,
    });
  });

  test('more tokens to think than to answer are a 400', async () => {
    const body = { model: samplingModel, thinking: { type: 'enabled', budget_tokens: 2000 }, max_tokens: 2000 };
    const code = 'unsupported_value';
    await expectErrorResponse(await ask(body, {}, server), { status: 400, type: 'invalid_request_error', code, param: 'thinking' });
    expect(server.mock.messages()).toEqual([]);
  });

  test.each([
    { what: 'a temperature of 1', body: { ...effort, temperature: 1 } },
    { what: 'a top_p of 0.95', body: { ...effort, top_p: 0.95 } },
    { what: 'a temperature that the model does not take anyway', body: { model: 'sonnet', reasoning_effort: 'low', temperature: 0.5 } },
  ])('$what does not exclude it', async ({ body }) => {
    const request = await sent(body);
    expect(request.thinking).toMatchObject({ type: /enabled|adaptive/.exec(String(request.thinking?.type))?.[0] });
  });

  test('the setting is the default, a request overrides it, and what excludes it wins', async () => {
    expect(await sent({}, strict)).toMatchObject(thinks('medium'));
    strict.mock.reset();
    expect(await sent({ reasoning_effort: 'high' }, strict)).toMatchObject(thinks('high'));
    strict.mock.reset();
    expect(Object.keys(await sent({ reasoning_effort: 'none' }, strict))).not.toContain('thinking');
    strict.mock.reset();
    const request = await sent({ model: samplingModel, temperature: 0.5 }, strict);
    expect(request).toMatchObject({ temperature: 0.5 });
    expect(Object.keys(request)).not.toContain('thinking');
  });

  test('what was thought comes back beside the answer, whole and streamed', async () => {
    const reply = thinkingReply({ thinking: ['Let me', ' see.'], signature: 'c2ln', text: ['Yes', '.'] });
    server.mock.reply(reply, reply);
    const whole = await (await ask({ reasoning_effort: 'low' })).json();
    expect(whole).toMatchObject({ choices: [{ message: { content: 'Yes.', reasoning_content: 'Let me see.' } }] });
    const { chunks, text } = await readStream(await ask({ reasoning_effort: 'low', stream: true }));
    const reasoning = chunks.flatMap(({ choices }) =>
      choices.map(({ delta }) => (delta as { reasoning_content?: string }).reasoning_content ?? ''),
    );
    expect(reasoning.join('')).toBe('Let me see.');
    expect(text).toBe('Yes.');
  });
});

describe('stop', () => {
  const usage = { input_tokens: 100, output_tokens: 50 };
  const cut = (chunks: readonly string[]) => textReply(chunks, { usage, chunkDelayMs: 20 });

  // Any text, cut anywhere, is tried beside the code; one is cut in an answer of the CLI.
  test.each([
    {
      what: 'across many deltas, with a false start',
      chunks: ['a\n', 'b', '\n', ' ', '\n', '\t', 'c'],
      stop: '\n \n\t',
      text: 'a\nb',
      isCli: true,
    },
    { what: 'at the very beginning', chunks: ['\n\n', 'two'], stop: '\n\n', text: '', isCli: false },
    { what: 'not at all', chunks: ['one\n', 'two\n'], stop: '\n\n', text: 'one\ntwo\n', isCli: false },
  ])('of whitespace: $what', async ({ chunks, stop, text, isCli }) => {
    const to = isCli ? { chat, mock: server.mock } : plain;
    to.mock.reply(cut(chunks), cut(chunks));
    const whole = (await (await ask({ stop }, {}, to)).json()) as {
      usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
    };
    expect(whole).toMatchObject({ choices: [{ message: { content: text }, finish_reason: 'stop' }] });
    expect(whole.usage.prompt_tokens).toBe(100);
    expect(whole.usage.completion_tokens).toBeGreaterThan(0);
    expect(whole.usage.total_tokens).toBe(whole.usage.prompt_tokens + whole.usage.completion_tokens);
    const streamed = await readStream(await ask({ stop, stream: true, stream_options: { include_usage: true } }, {}, to));
    expect(streamed).toMatchObject({ text, finishReasons: ['stop'], errors: [], isDone: true, usage: { prompt_tokens: 100 } });
  });

  test('a turn that goes on behind the stop is ended', async () => {
    server.mock.reply(textReply(['one\n\n', ...Array.from({ length: 500 }, () => 'x')], { chunkDelayMs: 20 }));
    expect(await (await ask({ stop: '\n\n' })).json()).toMatchObject({ choices: [{ message: { content: 'one' } }] });
    await until(() => server.mock.messages()[0]?.closedEarlyAt !== undefined, 'the request upstream is closed');
  });

  test("Claude's own stops are told as OpenAI's", async () => {
    server.mock.reply(textReply('one', { stopSequence: 'END' }));
    expect(await (await ask({ stop: 'END' })).json()).toMatchObject({ choices: [{ message: { content: 'one' }, finish_reason: 'stop' }] });
  });
});

// Of the scripted runner there is more beside the code; here each choice is a process of its own.
describe('n', () => {
  test('several choices, each of a turn of its own', async () => {
    const usage = { input_tokens: 10, output_tokens: 5 };
    server.mock.reply(...[0, 1].map((index) => textReply([`answer`, ` ${index}`], { usage, chunkDelayMs: 30 })));
    const { choices, usage: sum } = (await (await ask({ n: 2 })).json()) as {
      readonly choices: readonly { readonly index: number; readonly message: { readonly content: string } }[];
      readonly usage: object;
    };
    expect(choices.map(({ index }) => index)).toEqual([0, 1]);
    expect(choices.map(({ message }) => message.content).toSorted()).toEqual(['answer 0', 'answer 1']);
    expect(sum).toMatchObject({ prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 });
    expect(server.mock.messages()).toHaveLength(2);
  });

  test('a failure of one is one of all, and stops the others', async () => {
    // By its session, since a CLI that is failing may ask once more: also what was asked in the test before.
    let failing: unknown;
    const question = 'Who fails?';
    server.mock.replyWith(({ headers, body }) => {
      if (!JSON.stringify(body.messages).includes(question)) return errorReply(403, 'permission_error', 'no');
      failing ??= headers['x-claude-code-session-id'];
      return failing === headers['x-claude-code-session-id'] ? errorReply(403, 'permission_error', 'no') : stallReply({ afterText: 'x' });
    });
    const response = await ask({ n: 2, stream: true, messages: [{ role: 'user', content: question }] });
    if (response.status === 200) expect((await readStream(response)).errors).toHaveLength(1);
    else expect(response.status, await response.text()).toBe(403);
    const running = (): number =>
      server.mock
        .messages()
        .filter(({ headers, body }) => headers['x-claude-code-session-id'] !== failing && JSON.stringify(body.messages).includes(question))
        .filter(({ closedEarlyAt }) => closedEarlyAt === undefined).length;
    await until(() => running() === 0, 'the others are stopped');
  });
});
