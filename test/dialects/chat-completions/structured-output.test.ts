import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { messageReply, textReply, toolUseReply, type MessagesBody, type Reply, type ReplyOptions } from '@claude-code-api/mock-anthropic';
import { newestCli } from '../../support/cli/cli-versions.ts';
import { createThread } from '../../support/chat/create-thread.ts';
import { expectErrorInStream, expectErrorResponse } from '../../support/chat/expect-error.ts';
import { readStream, type ChatChunk } from '../../support/chat/read-stream.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../../support/servers/start-test-server.ts';

interface Completion {
  readonly choices: readonly [
    { readonly message: { readonly content: string | null; readonly refusal: string | null }; readonly finish_reason: string },
  ];
  readonly usage: object;
}

const usage = { input_tokens: 10, output_tokens: 5 };
const messages = [{ role: 'user', content: 'Which city?' }];
const cityFormat = jsonSchema({
  type: 'object',
  properties: { city: { type: 'string', minLength: 2 }, degrees: { type: 'integer', minimum: -50 } },
  required: ['city'],
});
const city = { city: 'Ōsaka', degrees: 21 };
/** Constrained output takes no object of any keys. */
const mapFormat = jsonSchema({ type: 'object', additionalProperties: { type: 'number' } });
/** The newest model that can be made to call a tool. */
const forceable = 'claude-sonnet-4-6';
const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } }];
const misfit = { status: 502, type: 'server_error', code: 'invalid_structured_output', param: 'response_format' };

function jsonSchema(schema: object, more: object = {}): object {
  return { type: 'json_schema', json_schema: { name: 'answer', schema, ...more } };
}

function answerCall(value: object, options: ReplyOptions & { chunkSize?: number; text?: string } = {}): Reply {
  return toolUseReply([{ id: 'toolu_1', name: 'answer', input: value as Record<string, unknown> }], { usage, ...options });
}

// What is asked of the model for a schema, and what is made of its answer, is one code for both: the CLI takes a row of each kind.
describe.each<{ behind: string; cli: NonNullable<TestServerOptions['cli']> }>([
  { behind: 'the newest CLI', cli: newestCli },
  { behind: 'no CLI', cli: 'none' },
])('with $behind', ({ cli }) => {
  const isCli = cli !== 'none';
  const shareOf = <Row>(rows: readonly Row[]): readonly Row[] => (isCli ? rows.slice(0, 1) : rows.slice(1));
  let server: TestServer;
  let chat: TestServer['chat'];
  beforeAll(async () => {
    server = await startTestServer({ cli });
    chat = createThread(server);
  });
  afterAll(() => server.close());
  beforeEach(() => server.mock.reset());

  const ask = (format: object, more: object = {}): Promise<Response> =>
    server.chat({ model: 'sonnet', messages, response_format: format, ...more });
  const upstream = (): readonly MessagesBody[] => server.mock.messages().map(({ body }) => body);

  /** Asks, whole and streamed, and gives what the model was asked. */
  async function answered(reply: Reply, value: object, format: object, more: object = {}): Promise<MessagesBody> {
    server.mock.reply(reply, reply);
    const body = { model: 'sonnet', messages, response_format: format, ...more };
    const response = await chat(body);
    const whole = (await response.json()) as Completion;
    expect(response.status, JSON.stringify(whole)).toBe(200);
    expect(JSON.parse(whole.choices[0].message.content ?? '')).toEqual(value);
    expect(whole.choices[0].finish_reason).toBe('stop');
    const streamed = await readStream(await chat({ ...body, stream: true, stream_options: { include_usage: true } }));
    expect(streamed).toMatchObject({ errors: [], finishReasons: ['stop'], isDone: true, usage: whole.usage });
    expect(streamed.text).toBe(whole.choices[0].message.content);
    expect(streamed.chunks.flatMap(({ choices }) => choices).every(({ delta }) => !('tool_calls' in delta))).toBe(true);
    expect(upstream()).toHaveLength(2);
    const [sent] = upstream();
    if (sent === undefined) throw new Error('Nothing was sent upstream.');
    return sent;
  }

  if (isCli) {
    describe('constrained output', () => {
      test.each([{ strict: true }, { strict: false }, {}])(
        'a schema is adapted, and the answer checked for what was left out: %o',
        async (more) => {
          const schema = {
            type: 'object',
            properties: { city: { type: 'string', minLength: 2, description: 'Its name.' }, degrees: { type: 'integer', minimum: -50 } },
            required: ['city'],
          };
          const body = await answered(textReply(['{"city":"Ō', 'saka","degrees":21}'], { usage }), city, jsonSchema(schema, more));
          expect(body.output_config).toEqual({
            format: {
              type: 'json_schema',
              schema: {
                type: 'object',
                properties: {
                  city: { type: 'string', description: 'Its name. (minLength: 2)' },
                  degrees: { type: 'integer', description: '(minimum: -50)' },
                },
                required: ['city'],
                additionalProperties: false,
              },
            },
          });
          expect(body.tools).toEqual([]);
          expect(body.tool_choice).toBeUndefined();
        },
      );

      test('beside effort', async () => {
        const body = await answered(textReply(JSON.stringify(city)), city, cityFormat, { reasoning_effort: 'high' });
        expect(body).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort: 'high', format: { type: 'json_schema' } } });
      });

      test("beside the caller's tools, which the model may call first", async () => {
        server.mock.reply(toolUseReply([{ id: 'toolu_1', name: 'look', input: {} }]), textReply(JSON.stringify(city)));
        const first = (await (await ask(cityFormat, { tools })).json()) as Completion;
        expect(first).toMatchObject({
          choices: [
            { finish_reason: 'tool_calls', message: { content: null, tool_calls: [{ id: 'toolu_1', function: { name: 'look' } }] } },
          ],
        });
        const next = [...messages, first.choices[0].message, { role: 'tool', tool_call_id: 'toolu_1', content: 'x' }];
        const second = (await (await ask(cityFormat, { tools, messages: next })).json()) as Completion;
        expect(JSON.parse(second.choices[0].message.content ?? '')).toEqual(city);
        for (const body of upstream())
          expect(body).toMatchObject({ tools: [{ name: 'look' }], output_config: { format: { type: 'json_schema' } } });
      });

      test('a conversation goes on, with the schema and without', async () => {
        server.mock.reply(textReply(JSON.stringify(city)), textReply(JSON.stringify(city)), textReply('Fine.'));
        const history: object[] = [...messages];
        for (const format of [cityFormat, cityFormat, undefined]) {
          const response = await server.chat({ model: 'sonnet', messages: history, ...(format && { response_format: format }) });
          expect(response.status).toBe(200);
          const completion = (await response.json()) as Completion;
          history.push(completion.choices[0].message, { role: 'user', content: 'And now?' });
        }
        expect(upstream().map(({ output_config: config }) => config !== undefined)).toEqual([true, true, false]);
        expect(upstream().map(({ messages: sent }) => sent.length)).toEqual([1, 3, 5]);
        expect(new Set(server.mock.messages().map(({ headers }) => headers['x-claude-code-session-id'])).size).toBe(1);
      });
    });
  }

  describe("a tool's arguments, where constrained output does not do", () => {
    const tree = {
      $defs: {
        node: {
          type: 'object',
          properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/node' } } },
          required: ['name'],
        },
      },
      $ref: '#/$defs/node',
    };

    const formats = [
      { what: 'a map', format: mapFormat, value: { a: 1, b: 2.5 }, schema: { type: 'object', additionalProperties: { type: 'number' } } },
      { what: 'any object', format: { type: 'json_object' }, value: { anything: [1, { goes: null }] }, schema: { type: 'object' } },
      {
        what: 'an open object',
        format: jsonSchema({ type: 'object', properties: { a: { type: 'number' } }, additionalProperties: true }),
        value: { a: 1, b: 'x' },
        schema: { type: 'object', properties: { a: { type: 'number' } }, additionalProperties: true },
      },
      {
        what: 'a recursion',
        format: jsonSchema(tree),
        value: { name: 'a', children: [{ name: 'b' }] },
        schema: expect.objectContaining({ $defs: tree.$defs }) as object,
      },
    ];
    test.each(shareOf(formats))('$what', async ({ format, value, schema }) => {
      const body = await answered(answerCall(value), value, format, { model: forceable });
      expect(body.tools).toEqual([{ name: 'answer', description: expect.any(String), input_schema: schema }]);
      expect(body.tool_choice).toEqual({ type: 'tool', name: 'answer', disable_parallel_tool_use: true });
      expect(body.output_config).toBeUndefined();
    });

    if (!isCli) {
      test.each(['claude-3-5-haiku-latest', 'claude-sonnet-4-20250514', 'claude-opus-4-1'])('an older model: %s', async (model) => {
        const body = await answered(answerCall(city), city, cityFormat, { model, reasoning_effort: 'high' });
        expect(body.tools).toMatchObject([{ name: 'answer', input_schema: { properties: { city: { type: 'string', minLength: 2 } } } }]);
        expect(body.tool_choice).toMatchObject({ type: 'tool', name: 'answer' });
        // The API takes no thinking together with a forced call.
        expect(body.thinking).toBeUndefined();
      });

      test.each(['sonnet', 'claude-opus-5-5'])('a model that can not be forced is asked: %s', async (model) => {
        const body = await answered(answerCall({ a: 1 }), { a: 1 }, mapFormat, { model });
        expect(body.tools).toMatchObject([{ name: 'answer' }]);
        expect(body.tool_choice).toBeUndefined();
      });
    }

    test('and may answer in text', async () => {
      await answered(textReply(['{"a"', ':1}'], { usage }), { a: 1 }, mapFormat);
    });

    test('the JSON is streamed as it grows, without what the model says beside it', async () => {
      const value = { text: 'x'.repeat(200) };
      server.mock.reply(answerCall(value, { text: 'Here it is:', chunkSize: 10, chunkDelayMs: 5 }));
      const { chunks, text } = await readStream(await ask({ type: 'json_object' }, { model: forceable, stream: true }));
      expect(JSON.parse(text)).toEqual(value);
      expect(chunks.filter((chunk) => chunk.choices[0]?.delta.content).length).toBeGreaterThan(10);
    });

    if (!isCli) {
      test("the caller's tools stand beside it, under another name where it is taken", async () => {
        const own = [...tools, { type: 'function', function: { name: 'answer', parameters: { type: 'object', properties: {} } } }];
        server.mock.reply(
          toolUseReply([{ id: 'toolu_1', name: 'answer', input: {} }]),
          toolUseReply([{ id: 'toolu_2', name: 'answer_', input: { a: 1 } }]),
        );
        const first = (await (await ask(mapFormat, { model: forceable, tools: own })).json()) as Completion;
        expect(first).toMatchObject({
          choices: [{ finish_reason: 'tool_calls', message: { tool_calls: [{ function: { name: 'answer' } }] } }],
        });
        const next = [...messages, first.choices[0].message, { role: 'tool', tool_call_id: 'toolu_1', content: 'x' }];
        const second = await (await ask(mapFormat, { model: forceable, tools: own, messages: next })).json();
        expect(second).toMatchObject({ choices: [{ finish_reason: 'stop', message: { content: '{"a":1}' } }] });
        const [body] = upstream();
        expect(body?.tools?.map(({ name }) => name)).toEqual(['answer', 'answer_', 'look']);
        expect(body?.tool_choice).toEqual({ type: 'any', disable_parallel_tool_use: true });
      });
    }

    test('a conversation goes on after it', async () => {
      server.mock.reply(answerCall({ a: 1 }), textReply('Fine.'));
      const first = (await (await ask(mapFormat, { model: forceable })).json()) as Completion;
      const next = [...messages, first.choices[0].message, { role: 'user', content: 'And now?' }];
      const response = await server.chat({ model: forceable, messages: next });
      expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Fine.' } }] });
      expect(
        upstream()
          .at(-1)
          ?.messages.map(({ role, content }) => [role, content]),
      ).toMatchObject([
        ['user', [{ text: 'Which city?' }]],
        ['assistant', [{ type: 'text', text: '{"a":1}' }]],
        ['user', [{ text: 'And now?' }]],
      ]);
    });
  });

  describe('an answer that does not fit', () => {
    const misfits = [
      { what: 'a wrong value', said: '{"city":"x"}', problem: /minLength|length|short/i },
      { what: 'a missing key', said: '{"degrees":1}', problem: /city/ },
      { what: 'prose', said: 'It is Ōsaka.', problem: /not valid JSON/ },
      { what: 'JSON and prose', said: 'Sure: {"city":"Ōsaka"}', problem: /not valid JSON/ },
    ];
    test.each(shareOf(misfits))('is repaired by one more turn: $what', async ({ said, problem }) => {
      server.mock.reply(textReply(said, { usage }), textReply(JSON.stringify(city), { usage }));
      const completion = (await (await ask(cityFormat)).json()) as Completion;
      expect(JSON.parse(completion.choices[0].message.content ?? '')).toEqual(city);
      expect(completion.usage).toMatchObject({ prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 });
      const [, second] = upstream();
      expect(second?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
      expect(JSON.stringify(second?.messages.at(-1))).toMatch(problem);
      expect(second?.output_config).toMatchObject({ format: { type: 'json_schema' } });
    });

    test('is repaired in tool mode too', async () => {
      server.mock.reply(answerCall({ a: 'x' }), answerCall({ a: 1 }));
      const completion = (await (await ask(mapFormat, { model: forceable })).json()) as Completion;
      expect(completion).toMatchObject({ choices: [{ message: { content: '{"a":1}' } }], usage: { total_tokens: 30 } });
    });

    if (!isCli) {
      test('is an error when the repair does not fit either, and never prose', async () => {
        server.mock.reply(textReply('No.'), textReply('No again.'));
        await expectErrorResponse(await ask(cityFormat), { ...misfit, message: /not valid JSON/ });
        expect(upstream()).toHaveLength(2);
      });

      test('is an error in the stream, whose text can not be taken back', async () => {
        server.mock.reply(textReply(['{"city":', '"x"}']));
        await expectErrorInStream(await ask(cityFormat, { stream: true }), { ...misfit, text: '{"city":"x"}' });
        expect(upstream()).toHaveLength(1);
      });
    }

    test('is let through when it was cut, and says so', async () => {
      // Not one reply each: on a busy machine the CLI may have begun to go on before it is killed, and that takes a reply too.
      server.mock.replyWith(() => textReply('{"city":"Ō', { stopReason: 'max_tokens' }));
      const body = { max_tokens: 5 };
      expect(await (await ask(cityFormat, body)).json()).toMatchObject({
        choices: [{ message: { content: '{"city":"Ō' }, finish_reason: 'length' }],
      });
      expect(await readStream(await ask(cityFormat, { ...body, stream: true }))).toMatchObject({
        text: '{"city":"Ō',
        finishReasons: ['length'],
        errors: [],
      });
    });

    test('a cut call is let through likewise', async () => {
      const reply = messageReply([{ type: 'tool_use', id: 'toolu_1', name: 'answer', input: {}, chunks: ['{"a":', '1'] }], {
        stopReason: 'max_tokens',
      });
      server.mock.replyWith(() => reply);
      const body = { model: forceable, max_tokens: 5 };
      expect(await (await ask(mapFormat, body)).json()).toMatchObject({
        choices: [{ message: { content: '{"a":1' }, finish_reason: 'length' }],
      });
      expect(await readStream(await ask(mapFormat, { ...body, stream: true }))).toMatchObject({
        text: '{"a":1',
        finishReasons: ['length'],
        errors: [],
      });
    });

    if (!isCli) {
      test('each of several choices is checked and repaired by itself', async () => {
        server.mock.replyWith(({ body }) => textReply(body.messages.length === 1 ? 'No.' : JSON.stringify(city), { usage }));
        const completion = (await (await ask(cityFormat, { n: 2 })).json()) as Completion;
        expect(completion.choices.map(({ message }) => JSON.parse(message.content ?? '') as unknown)).toEqual([city, city]);
        expect(completion.usage).toMatchObject({ total_tokens: 60 });
      });
    }
  });

  if (isCli) {
    describe('a refusal', () => {
      test.each([
        { what: 'without a word', reply: textReply([], { stopReason: 'refusal' }) },
        { what: 'after some words', reply: textReply('{"ci', { stopReason: 'refusal' }) },
      ])('stands in its own place: $what', async ({ reply }) => {
        server.mock.reply(reply, reply);
        const { choices } = (await (await ask(cityFormat)).json()) as Completion;
        expect(choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: null, refusal: expect.stringMatching(/./) } });
        const { chunks, errors, finishReasons } = await readStream(await ask(cityFormat, { stream: true }));
        const deltas = chunks.flatMap((chunk: ChatChunk) => chunk.choices).map(({ delta }) => delta as { refusal?: string });
        expect(deltas.flatMap(({ refusal }) => refusal ?? []).join('')).toBe(choices[0].message.refusal);
        expect({ errors, finishReasons }).toEqual({ errors: [], finishReasons: ['stop'] });
      });

      test('of an answer without a schema is a content filter', async () => {
        server.mock.reply(textReply('I', { stopReason: 'refusal' }));
        const response = await server.chat({ model: 'sonnet', messages });
        expect(await response.json()).toMatchObject({ choices: [{ finish_reason: 'content_filter', message: { refusal: null } }] });
      });
    });
  }

  if (!isCli) {
    test('the openai client parses it into the type of its zod schema', async () => {
      const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'unused', maxRetries: 0 });
      const City = z.object({
        city: z.string().min(2),
        degrees: z.int().min(-50).optional().nullable(),
        tags: z.array(z.enum(['sea', 'hills'])).max(3),
      });
      const value = { city: 'Ōsaka', degrees: null, tags: ['sea'] };
      server.mock.replyWith(() => textReply(JSON.stringify(value)));
      const body = {
        model: 'sonnet',
        messages: [{ role: 'user' as const, content: 'Which?' }],
        response_format: zodResponseFormat(City, 'city'),
      };
      const completion = await client.chat.completions.parse(body);
      expect(completion.choices[0]?.message.parsed).toEqual(value);
      const stream = client.chat.completions.stream(body);
      expect((await stream.finalChatCompletion()).choices[0]?.message.parsed).toEqual(value);
    });
  }
});
