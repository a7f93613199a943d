import { createOpenAICompatible, type OpenAICompatibleProvider } from '@ai-sdk/openai-compatible';
import { APICallError, generateObject, generateText, Output, stepCountIs, streamObject, streamText, tool } from 'ai';
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
let provider: OpenAICompatibleProvider;
beforeAll(async () => {
  server = await startClientServer({ cli: 'none' });
  provider = createOpenAICompatible({
    name: 'claude-code-api',
    baseURL: `${server.url}/v1`,
    apiKey: 'unused',
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
});
beforeEach(() => {
  server.mock.reset();
  server.mock.replyWith(scriptConversation);
});
afterAll(() => server.close());

const common = () => ({ model: provider('sonnet'), maxRetries: 0 });

const weatherTool = (asked: string[]) =>
  tool({
    description: 'Tells the weather in a city.',
    inputSchema: z.object({ city: z.string() }),
    execute: ({ city }) => {
      asked.push(city);
      return `sunny in ${city}`;
    },
  });

test('chat', async () => {
  const result = await generateText({
    ...common(),
    system: 'Be brief.',
    messages: [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'hello' },
      { role: 'user', content: 'how are you?' },
    ],
  });
  expect(result.text).toBe('You said: how are you?');
  expect(result.finishReason).toBe('stop');
  expect(result.usage).toMatchObject({ inputTokens: 10, outputTokens: 5, totalTokens: 15 });
  expect(result.warnings ?? []).toEqual([]);
  expect(lastRoles(server.mock)).toEqual(['user', 'assistant', 'user']);
});

test('stream', async () => {
  const result = streamText({ ...common(), prompt: 'count to three' });
  const deltas: string[] = [];
  for await (const delta of result.textStream) deltas.push(delta);
  expect(deltas.join('')).toBe('You said: count to three');
  expect(deltas.length).toBeGreaterThan(2);
  expect(await result.finishReason).toBe('stop');
  expect(await result.usage).toMatchObject({ inputTokens: 10, outputTokens: 5, totalTokens: 15 });
});

test('tools in a loop', async () => {
  const asked: string[] = [];
  const result = await generateText({
    ...common(),
    prompt: 'What is the weather in Paris and Oslo?',
    tools: { get_weather: weatherTool(asked) },
    stopWhen: stepCountIs(5),
  });
  expect(result.text).toBe('The tools say: sunny in Paris, sunny in Oslo.');
  expect(asked.toSorted()).toEqual(['Oslo', 'Paris']);
  expect(result.steps.map((step) => step.finishReason)).toEqual(['tool-calls', 'stop']);
  expect(lastBlocks(server.mock).map(({ type }) => type)).toEqual(['tool_result', 'tool_result']);
  expect(server.mock.messages()).toHaveLength(2);
});

test('tools in a loop, streamed', async () => {
  const asked: string[] = [];
  const result = streamText({
    ...common(),
    prompt: 'What is the weather in Oslo?',
    tools: { get_weather: weatherTool(asked) },
    stopWhen: stepCountIs(5),
  });
  const types = new Set<string>();
  for await (const part of result.fullStream) types.add(part.type);
  expect(await result.text).toBe('The tools say: sunny in Oslo.');
  expect(asked).toEqual(['Oslo']);
  expect([...types]).toEqual(expect.arrayContaining(['tool-input-start', 'tool-input-delta', 'tool-call', 'tool-result', 'text-delta']));
  expect(types).not.toContain('error');
});

test('a forced tool', async () => {
  const result = await generateText({
    ...common(),
    prompt: 'hi',
    tools: { save_place: tool({ inputSchema: Place }) },
    toolChoice: { type: 'tool', toolName: 'save_place' },
  });
  expect(result.toolCalls.map(({ toolName, input }) => ({ toolName, input }))).toEqual([{ toolName: 'save_place', input: place }]);
});

test('structured output', async () => {
  const { output } = await generateText({ ...common(), prompt: 'Where is it warm?', output: Output.object({ schema: Place }) });
  expect(output).toEqual(place);
  const { object } = await generateObject({ ...common(), prompt: 'Where is it warm?', schema: Place });
  expect(object).toEqual(place);
});

test('structured output, streamed', async () => {
  const result = streamObject({ ...common(), prompt: 'Where is it warm?', schema: Place });
  const partial: unknown[] = [];
  for await (const object of result.partialObjectStream) partial.push(object);
  expect(await result.object).toEqual(place);
  expect(partial.at(-1)).toEqual(place);
});

test('structured output after tools', async () => {
  const { output } = await generateText({
    ...common(),
    prompt: 'What is the weather in Paris?',
    tools: { get_weather: weatherTool([]) },
    stopWhen: stepCountIs(5),
    output: Output.object({ schema: Place }),
  });
  expect(output).toEqual(place);
});

test('JSON without a schema', async () => {
  const { object } = await generateObject({ ...common(), prompt: 'Where is it warm?', output: 'no-schema' });
  expect(object).toEqual({ city: 'Paris' });
});

test('image', async () => {
  const { text } = await generateText({
    ...common(),
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', image: Buffer.from(pixel, 'base64') },
        ],
      },
    ],
  });
  expect(text).toBe('That is an image of type image/png.');
  expect(lastBlocks(server.mock)).toMatchObject([
    { type: 'text', text: 'What is this?' },
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } },
  ]);
});

test('errors say what is wrong', async () => {
  const failure = generateText({ ...common(), model: provider('no such model'), prompt: 'hi' });
  await expect(failure).rejects.toBeInstanceOf(APICallError);
  await expect(failure).rejects.toMatchObject({ message: expect.stringContaining('no such model') });
});
