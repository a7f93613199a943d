import Anthropic, { APIError, BadRequestError, NotFoundError } from '@anthropic-ai/sdk';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { errorReply, messageReply, thinkingReply } from '@claude-code-api/mock-anthropic';
import { lastBlocks, lastRoles } from '../support/chat/last-messages.ts';
import { pixel } from '../support/chat/pictures.ts';
import { scriptConversation } from '../support/chat/script-conversation.ts';
import { startClientServer } from '../support/servers/start-client-server.ts';
import type { TestServer } from '../support/servers/start-test-server.ts';

const model = 'sonnet';
const Place = z.object({ city: z.string(), degrees: z.number(), tags: z.array(z.string()) });
const place = { city: 'Paris', degrees: 21, tags: ['Paris'] };
const weather = {
  name: 'get_weather',
  description: 'Tells the weather in a city.',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] },
};

let server: TestServer;
let client: Anthropic;
beforeAll(async () => {
  server = await startClientServer();
  client = new Anthropic({ baseURL: server.url, apiKey: 'unused', maxRetries: 0 });
});
beforeEach(() => {
  server.mock.reset();
  server.mock.replyWith(scriptConversation);
});
afterAll(() => server.close());

const ask = (text: string) => ({ model, max_tokens: 500, messages: [{ role: 'user' as const, content: text }] });

test('chat', async () => {
  const {
    data,
    request_id: id,
    response,
  } = await client.messages
    .create({
      ...{ model, max_tokens: 500, system: [{ type: 'text', text: 'Be brief.' }], metadata: { user_id: 'me' } },
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: 'hello' },
        { role: 'user', content: 'how are you?' },
      ],
    })
    .withResponse();
  expect(data).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn', stop_sequence: null });
  expect(data.id).toMatch(/^msg_/);
  expect(data.content).toEqual([{ type: 'text', text: 'You said: how are you?' }]);
  expect(data.usage).toMatchObject({ input_tokens: 10, output_tokens: 5, cache_creation: { ephemeral_1h_input_tokens: 0 } });
  expect(id).toMatch(/^req_/);
  expect(response.headers.get('x-ignored-parameters')).toBeNull();
  expect(lastRoles(server.mock)).toEqual(['user', 'assistant', 'user']);
  expect(server.mock.messages().at(-1)?.body.metadata?.['user_id']).toContain('"end_user":"me"');
});

test('stream', async () => {
  const deltas: string[] = [];
  const stream = client.messages.stream(ask('count to three')).on('text', (text) => deltas.push(text));
  const message = await stream.finalMessage();
  expect(deltas.join('')).toBe('You said: count to three');
  expect(deltas.length).toBeGreaterThan(2);
  expect(message).toMatchObject({ stop_reason: 'end_turn', usage: { input_tokens: 10, output_tokens: 5 } });
});

test('every event of a stream', async () => {
  const types: string[] = [];
  for await (const event of await client.messages.create({ ...ask('hi'), stream: true })) types.push(event.type);
  expect([...new Set(types)]).toEqual([
    ...['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop', 'message_delta', 'message_stop'],
  ]);
});

test('tools, round after round', async () => {
  const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'What is the weather in Paris and Oslo?' }];
  const first = await client.messages.create({ model, max_tokens: 500, messages, tools: [weather] });
  expect(first.stop_reason).toBe('tool_use');
  const calls = first.content.filter((block) => block.type === 'tool_use');
  expect(calls.map(({ input }) => input)).toEqual([{ city: 'Paris' }, { city: 'Oslo' }]);
  const results = calls.map(({ id }, index) => ({ type: 'tool_result' as const, tool_use_id: id, content: `sunny ${index}` }));
  messages.push({ role: 'assistant', content: first.content }, { role: 'user', content: results });
  const second = await client.messages.create({ model, max_tokens: 500, messages, tools: [weather] });
  expect(second.content).toEqual([{ type: 'text', text: 'The tools say: sunny 0, sunny 1.' }]);
  expect(lastBlocks(server.mock)).toMatchObject([
    { type: 'tool_result', tool_use_id: calls[0]?.id },
    { type: 'tool_result', tool_use_id: calls[1]?.id },
  ]);
  expect(server.mock.messages()).toHaveLength(2);
  // The process that asked has gone on: no second one has read the history.
  const sessions = server.mock.messages().map(({ body }) => /"session_id":"([^"]+)/.exec(String(body.metadata?.['user_id']))?.[1]);
  expect(new Set(sessions)).toEqual(new Set([expect.stringMatching(/^[\da-f-]{36}$/) as unknown]));
  expect(sessions[0]).toBe(sessions[1]);
});

test('the tool runner of the beta client', async () => {
  const asked: string[] = [];
  const run = ({ city }: { city: string }): string => {
    asked.push(city);
    return `sunny in ${city}`;
  };
  const runner = client.beta.messages.toolRunner({
    ...ask('What is the weather in Oslo?'),
    betas: ['context-1m-2025-08-07'],
    tools: [betaZodTool({ name: 'get_weather', description: 'Tells the weather.', inputSchema: z.object({ city: z.string() }), run })],
  });
  const message = await runner;
  expect(message.content).toMatchObject([{ type: 'text', text: 'The tools say: sunny in Oslo.' }]);
  expect(asked).toEqual(['Oslo']);
  expect(server.mock.messages().map(({ headers }) => String(headers['anthropic-beta']))).toEqual([
    expect.stringContaining('context-1m-2025-08-07'),
    expect.stringContaining('context-1m-2025-08-07'),
  ]);
});

test('structured output', async () => {
  const message = await client.messages.parse({ ...ask('Where is it warm?'), output_config: { format: zodOutputFormat(Place) } });
  expect(message.parsed_output).toEqual(place);
});

test('thinking, streamed, that goes back', async () => {
  server.mock.reply(thinkingReply({ thinking: ['Let me', ' see.'], signature: 'c2ln', text: ['So', ' it is.'] }));
  const asked = {
    ...ask('Is it?'),
    model: 'claude-sonnet-4-5',
    max_tokens: 2000,
    thinking: { type: 'enabled' as const, budget_tokens: 1024 },
  };
  const first = await client.messages.stream(asked).finalMessage();
  expect(first.content).toEqual([
    { type: 'thinking', thinking: 'Let me see.', signature: 'c2ln' },
    { type: 'text', text: 'So it is.' },
  ]);
  await client.messages.create({
    ...asked,
    messages: [...asked.messages, { role: 'assistant', content: first.content }, { role: 'user', content: 'really?' }],
  });
  expect(server.mock.messages().at(-1)?.body.messages[1]).toEqual({ role: 'assistant', content: first.content });
});

test('a batch of pictures', async () => {
  const images = Array.from({ length: 3 }, () => ({
    type: 'image' as const,
    source: { type: 'base64' as const, media_type: 'image/png' as const, data: pixel },
  }));
  const message = await client.messages.create({
    model,
    max_tokens: 500,
    messages: [{ role: 'user', content: [...images, { type: 'text', text: 'What?' }] }],
  });
  expect(message.content).toEqual([{ type: 'text', text: 'That is an image of type image/png.' }]);
  expect(lastBlocks(server.mock)).toMatchObject([...images, { type: 'text', text: 'What?' }]);
});

test('the stop sequence that matched', async () => {
  server.mock.reply(messageReply([{ type: 'text', chunks: ['one'] }], { stopReason: 'stop_sequence', stopSequence: 'two' }));
  expect(await client.messages.create({ ...ask('count'), stop_sequences: ['two'] })).toMatchObject({
    stop_reason: 'stop_sequence',
    stop_sequence: 'two',
  });
});

test('counting tokens', async () => {
  const { data, response } = await client.messages
    .countTokens({ model, messages: ask('hi').messages, system: 'x'.repeat(400) })
    .withResponse();
  expect([data.input_tokens, response.headers.get('x-token-count')]).toEqual([10, 'counted']);
  expect(server.mock.messages()).toEqual([]);
});

test('models', async () => {
  const ids: string[] = [];
  for await (const { id, type, created_at: at } of client.models.list({ limit: 2 })) {
    expect({ type, isDate: Date.parse(at) > 0 }).toEqual({ type: 'model', isDate: true });
    ids.push(id);
  }
  expect(ids).toContain(model);
  expect(await client.models.retrieve(model)).toMatchObject({ id: model, type: 'model' });
});

test('errors are those of the API', async () => {
  await expect(client.messages.create({ ...ask('hi'), messages: [] })).rejects.toBeInstanceOf(BadRequestError);
  await expect(client.messages.create({ ...ask('hi'), model: 'gpt-4' })).rejects.toBeInstanceOf(NotFoundError);
  const hot = { ...ask('hi'), temperature: 1 };
  await expect(client.messages.create(hot)).rejects.toThrow('temperature');
  await expect(client.get('/v1/files')).rejects.toMatchObject({ status: 404, type: 'not_found_error' });
  server.mock.reply(errorReply(400, 'invalid_request_error', 'prompt is too long: 214315 tokens > 200000 maximum'));
  const failure = await client.messages.create(ask('hi')).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(APIError);
  expect((failure as APIError).error).toMatchObject({
    type: 'error',
    error: { type: 'invalid_request_error', message: expect.stringMatching(/^prompt is too long: /) as unknown },
  });
});
