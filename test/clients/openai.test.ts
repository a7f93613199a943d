import OpenAI, { BadRequestError } from 'openai';
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod';
import type { RunnableToolFunctionWithParse } from 'openai/lib/RunnableFunction';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { lastBlocks, lastRoles } from '../support/chat/last-messages.ts';
import { pixel } from '../support/chat/pictures.ts';
import { scriptConversation } from '../support/chat/script-conversation.ts';
import { startClientServer } from '../support/servers/start-client-server.ts';
import type { TestServer } from '../support/servers/start-test-server.ts';

const model = 'sonnet';
const Place = z.object({ city: z.string(), degrees: z.number(), tags: z.array(z.string()), country: z.string().nullable() });
const place = { city: 'Paris', degrees: 21, tags: ['Paris'], country: 'Paris' };

let server: TestServer;
let client: OpenAI;
beforeAll(async () => {
  server = await startClientServer();
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'unused', maxRetries: 0 });
});
beforeEach(() => {
  server.mock.reset();
  server.mock.replyWith(scriptConversation);
});
afterAll(() => server.close());

test('chat', async () => {
  const completion = await client.chat.completions.create({
    model,
    messages: [
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'hello' },
      { role: 'user', content: 'how are you?' },
    ],
  });
  expect(completion).toMatchObject({ object: 'chat.completion', _request_id: expect.stringMatching(/./) });
  expect(completion.choices).toHaveLength(1);
  expect(completion.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant', content: 'You said: how are you?' } });
  expect(completion.usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 });
  expect(lastRoles(server.mock)).toEqual(['user', 'assistant', 'user']);
});

test('stream', async () => {
  const stream = client.chat.completions.stream({
    model,
    messages: [{ role: 'user', content: 'count to three' }],
    stream_options: { include_usage: true },
  });
  const deltas: string[] = [];
  stream.on('content', (delta) => deltas.push(delta));
  expect(await stream.finalContent()).toBe('You said: count to three');
  expect(deltas.length).toBeGreaterThan(2);
  expect(await stream.totalUsage()).toMatchObject({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 });
});

test('stream, chunk by chunk', async () => {
  const stream = await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'count' }], stream: true });
  let text = '';
  const reasons: string[] = [];
  for await (const { choices } of stream) {
    text += choices[0]?.delta.content ?? '';
    if (choices[0]?.finish_reason) reasons.push(choices[0].finish_reason);
  }
  expect(text).toBe('You said: count');
  expect(reasons).toEqual(['stop']);
});

const weatherTool = (asked: string[]): RunnableToolFunctionWithParse<{ city: string }> => ({
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'Tells the weather in a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    parse: (text) => z.object({ city: z.string() }).parse(JSON.parse(text)),
    function: ({ city }) => {
      asked.push(city);
      return `sunny in ${city}`;
    },
  },
});

test('tools in a loop', async () => {
  const asked: string[] = [];
  const runner = client.chat.completions.runTools({
    model,
    messages: [{ role: 'user', content: 'What is the weather in Paris and Oslo?' }],
    tools: [weatherTool(asked)],
  });
  expect(await runner.finalContent()).toBe('The tools say: sunny in Paris, sunny in Oslo.');
  expect(asked.toSorted()).toEqual(['Oslo', 'Paris']);
  expect(lastBlocks(server.mock).map(({ type }) => type)).toEqual(['tool_result', 'tool_result']);
  expect(server.mock.messages()).toHaveLength(2);
  expect((await runner.totalUsage()).total_tokens).toBe(30);
});

test('tools in a loop, streamed', async () => {
  const asked: string[] = [];
  const runner = client.chat.completions.runTools({
    model,
    messages: [{ role: 'user', content: 'What is the weather in Oslo?' }],
    tools: [weatherTool(asked)],
    stream: true,
  });
  const calls: unknown[] = [];
  runner.on('functionToolCall', (call) => calls.push({ name: call.name, input: JSON.parse(call.arguments) }));
  expect(await runner.finalContent()).toBe('The tools say: sunny in Oslo.');
  expect(asked).toEqual(['Oslo']);
  expect(calls).toEqual([{ name: 'get_weather', input: { city: 'Oslo' } }]);
});

test('a strict tool, parsed by its schema', async () => {
  const completion = await client.chat.completions.parse({
    model,
    messages: [{ role: 'user', content: 'hi' }],
    tools: [zodFunction({ name: 'save_place', parameters: Place })],
    tool_choice: 'required',
  });
  expect(completion.choices[0]?.finish_reason).toBe('tool_calls');
  expect(completion.choices[0]?.message.tool_calls?.[0]?.function.parsed_arguments).toEqual(place);
});

test('legacy completions, whole and streamed', async () => {
  const prompt = ['count', 'say hi'];
  const completion = await client.completions.create({ model, prompt, echo: true });
  expect(completion.choices.map(({ text }) => text)).toEqual(['countYou said: count', 'say hiYou said: say hi']);
  expect(completion.usage).toMatchObject({ prompt_tokens: 20, completion_tokens: 10 });
  const texts = ['', ''];
  for await (const { choices } of await client.completions.create({ model, prompt, stream: true }))
    for (const { index, text } of choices) texts[index] += text;
  expect(texts).toEqual(['You said: count', 'You said: say hi']);
});

test('structured output', async () => {
  const completion = await client.chat.completions.parse({
    model,
    messages: [{ role: 'user', content: 'Where is it warm?' }],
    response_format: zodResponseFormat(Place, 'place'),
  });
  expect(completion.choices[0]?.message.parsed).toEqual(place);
  expect(completion.choices[0]?.message.refusal).toBeFalsy();
});

test('structured output, streamed', async () => {
  const stream = client.chat.completions.stream({
    model,
    messages: [{ role: 'user', content: 'Where is it warm?' }],
    response_format: zodResponseFormat(Place, 'place'),
  });
  const completion = await stream.finalChatCompletion();
  expect(completion.choices[0]?.message.parsed).toEqual(place);
});

test('structured output after tools', async () => {
  const runner = client.chat.completions.runTools({
    model,
    messages: [{ role: 'user', content: 'What is the weather in Paris?' }],
    tools: [weatherTool([])],
    response_format: zodResponseFormat(Place, 'place'),
  });
  expect(JSON.parse((await runner.finalContent()) ?? '')).toEqual(place);
});

test('image', async () => {
  const completion = await client.chat.completions.create({
    model,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}`, detail: 'low' } },
        ],
      },
    ],
  });
  expect(completion.choices[0]?.message.content).toBe('That is an image of type image/png.');
  expect(lastBlocks(server.mock)).toMatchObject([
    { type: 'text', text: 'What is this?' },
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } },
  ]);
});

test('errors are those of the API', async () => {
  const failure = client.chat.completions.create({ model, messages: [] });
  await expect(failure).rejects.toBeInstanceOf(BadRequestError);
  await expect(failure).rejects.toMatchObject({ status: 400, param: 'messages', type: 'invalid_request_error' });
});

test('models', async () => {
  const ids: string[] = [];
  for await (const { id } of client.models.list()) ids.push(id);
  expect(ids).toContain(model);
});
