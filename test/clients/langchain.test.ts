import { HumanMessage, SystemMessage, ToolMessage, type AIMessageChunk, type BaseMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { lastBlocks, lastRoles } from '../support/chat/last-messages.ts';
import { pixel } from '../support/chat/pictures.ts';
import { scriptConversation } from '../support/chat/script-conversation.ts';
import { startClientServer } from '../support/servers/start-client-server.ts';
import type { TestServer } from '../support/servers/start-test-server.ts';

const Place = z.object({ city: z.string(), degrees: z.number(), tags: z.array(z.string()), country: z.string().nullable() });
const place = { city: 'Paris', degrees: 21, tags: ['Paris'], country: 'Paris' };

let server: TestServer;
let model: ChatOpenAI;
beforeAll(async () => {
  server = await startClientServer({ cli: 'none' });
  model = new ChatOpenAI({ model: 'sonnet', apiKey: 'unused', maxRetries: 0, configuration: { baseURL: `${server.url}/v1` } });
});
beforeEach(() => {
  server.mock.reset();
  server.mock.replyWith(scriptConversation);
});
afterAll(() => server.close());

const weatherTool = tool(({ city }) => `sunny in ${city}`, {
  name: 'get_weather',
  description: 'Tells the weather in a city.',
  schema: z.object({ city: z.string() }),
});

test('chat', async () => {
  const answer = await model.invoke([new SystemMessage('Be brief.'), ['human', 'hi'], ['ai', 'hello'], ['human', 'how are you?']]);
  expect(answer.content).toBe('You said: how are you?');
  expect(answer.usage_metadata).toMatchObject({ input_tokens: 10, output_tokens: 5, total_tokens: 15 });
  expect(answer.response_metadata).toMatchObject({ finish_reason: 'stop' });
  expect(lastRoles(server.mock)).toEqual(['user', 'assistant', 'user']);
});

test('stream', async () => {
  const deltas: string[] = [];
  let whole: AIMessageChunk | undefined;
  for await (const chunk of await model.stream('count to three')) {
    deltas.push(chunk.text);
    whole = whole?.concat(chunk) ?? chunk;
  }
  expect(deltas.join('')).toBe('You said: count to three');
  expect(deltas.filter((delta) => delta !== '').length).toBeGreaterThan(2);
  expect(whole?.usage_metadata).toMatchObject({ input_tokens: 10, output_tokens: 5, total_tokens: 15 });
});

test('tools in a loop', async () => {
  const withTools = model.bindTools([weatherTool]);
  const messages: BaseMessage[] = [new HumanMessage('What is the weather in Paris and Oslo?')];
  let answer = await withTools.invoke(messages);
  expect(answer.tool_calls?.map(({ name, args }) => ({ name, args }))).toEqual([
    { name: 'get_weather', args: { city: 'Paris' } },
    { name: 'get_weather', args: { city: 'Oslo' } },
  ]);
  while (answer.tool_calls?.length) {
    messages.push(answer);
    for (const call of answer.tool_calls) messages.push(await weatherTool.invoke({ ...call, type: 'tool_call' }));
    answer = await withTools.invoke(messages);
  }
  expect(answer.content).toBe('The tools say: sunny in Paris, sunny in Oslo.');
  expect(lastBlocks(server.mock).map(({ type }) => type)).toEqual(['tool_result', 'tool_result']);
  expect(server.mock.messages()).toHaveLength(2);
});

test('tools in a loop, streamed', async () => {
  const withTools = model.bindTools([weatherTool]);
  const question = new HumanMessage('What is the weather in Oslo?');
  let called: AIMessageChunk | undefined;
  for await (const chunk of await withTools.stream([question])) called = called?.concat(chunk) ?? chunk;
  const [call] = called?.tool_calls ?? [];
  expect(call).toMatchObject({ name: 'get_weather', args: { city: 'Oslo' } });
  const result = new ToolMessage({ tool_call_id: call?.id ?? '', content: 'rain' });
  let text = '';
  for await (const chunk of await withTools.stream([question, called as AIMessageChunk, result])) text += chunk.text;
  expect(text).toBe('The tools say: rain.');
});

test.each(['jsonSchema', 'functionCalling'] as const)('structured output by %s', async (method) => {
  const structured = model.withStructuredOutput(Place, { name: 'place', method });
  expect(await structured.invoke('Where is it warm?')).toEqual(place);
});

test('structured output by default', async () => {
  expect(await model.withStructuredOutput(Place).invoke('Where is it warm?')).toEqual(place);
});

test('JSON without a schema', async () => {
  const structured = model.withStructuredOutput(z.object({ city: z.string() }), { method: 'jsonMode' });
  expect(await structured.invoke('Where is it warm? Answer in JSON.')).toEqual({ city: 'Paris' });
});

test('structured output, streamed', async () => {
  const structured = model.withStructuredOutput(Place, { method: 'jsonSchema' });
  const partial: unknown[] = [];
  for await (const object of await structured.stream('Where is it warm?')) partial.push(object);
  expect(partial.at(-1)).toEqual(place);
});

test('image', async () => {
  const answer = await model.invoke([
    new HumanMessage({
      content: [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } },
      ],
    }),
  ]);
  expect(answer.content).toBe('That is an image of type image/png.');
  expect(lastBlocks(server.mock)).toMatchObject([
    { type: 'text', text: 'What is this?' },
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } },
  ]);
});

test("an image as LangChain's own content block", async () => {
  const image = { type: 'image', mimeType: 'image/png', data: pixel } as const;
  const answer = await model.invoke([new HumanMessage({ contentBlocks: [{ type: 'text', text: 'What is this?' }, image] })]);
  expect(answer.content).toBe('That is an image of type image/png.');
});

test('errors say what is wrong, at once', async () => {
  const failure = new ChatOpenAI({ model: 'no such model', apiKey: 'unused', configuration: { baseURL: `${server.url}/v1` } }).invoke('hi');
  await expect(failure).rejects.toThrow('no such model');
  expect(server.mock.messages()).toHaveLength(0);
});
