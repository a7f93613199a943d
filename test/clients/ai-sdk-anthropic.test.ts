import { createAnthropic, type AnthropicProvider } from '@ai-sdk/anthropic';
import { generateObject, generateText, stepCountIs, streamText, tool } from 'ai';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { thinkingReply } from '@claude-code-api/mock-anthropic';
import { lastBlocks } from '../support/chat/last-messages.ts';
import { pixel } from '../support/chat/pictures.ts';
import { scriptConversation } from '../support/chat/script-conversation.ts';
import { startClientServer } from '../support/servers/start-client-server.ts';
import type { TestServer } from '../support/servers/start-test-server.ts';

let server: TestServer;
let provider: AnthropicProvider;
beforeAll(async () => {
  server = await startClientServer({ cli: 'none' });
  provider = createAnthropic({ baseURL: `${server.url}/v1`, apiKey: 'unused' });
});
beforeEach(() => {
  server.mock.reset();
  server.mock.replyWith(scriptConversation);
});
afterAll(() => server.close());

const common = (model = 'sonnet') => ({ model: provider(model), maxRetries: 0 });

test('tools in a loop, streamed', async () => {
  const asked: string[] = [];
  const execute = ({ city }: { city: string }): string => {
    asked.push(city);
    return `sunny in ${city}`;
  };
  const result = streamText({
    ...common(),
    system: 'Be brief.',
    prompt: 'What is the weather in Paris and Oslo?',
    tools: { get_weather: tool({ description: 'Tells the weather.', inputSchema: z.object({ city: z.string() }), execute }) },
    stopWhen: stepCountIs(5),
  });
  const deltas: string[] = [];
  for await (const delta of result.textStream) deltas.push(delta);
  expect(deltas.join('')).toBe('The tools say: sunny in Paris, sunny in Oslo.');
  expect(deltas.length).toBeGreaterThan(2);
  expect(asked.toSorted()).toEqual(['Oslo', 'Paris']);
  expect(await result.finishReason).toBe('stop');
  expect(await result.totalUsage).toMatchObject({ inputTokens: 20, outputTokens: 10 });
  expect(lastBlocks(server.mock).map(({ type }) => type)).toEqual(['tool_result', 'tool_result']);
});

test('thinking and its signature', async () => {
  server.mock.reply(thinkingReply({ thinking: ['Hm', '.'], signature: 'c2ln', text: ['So.'] }));
  const providerOptions = { anthropic: { thinking: { type: 'enabled' as const, budgetTokens: 1024 } } };
  const result = await generateText({ ...common('claude-sonnet-4-5'), prompt: 'Is it?', providerOptions });
  expect({ reasoning: result.reasoningText, text: result.text }).toEqual({ reasoning: 'Hm.', text: 'So.' });
  expect(server.mock.messages()[0]?.body.thinking).toMatchObject({ type: 'enabled', budget_tokens: 1024 });
});

test('an object, and a picture', async () => {
  const schema = z.object({ city: z.string(), degrees: z.number() });
  const { object } = await generateObject({ ...common(), prompt: 'Where is it warm?', schema });
  expect(object).toEqual({ city: 'Paris', degrees: 21 });
  const { text } = await generateText({ ...common(), messages: [{ role: 'user', content: [{ type: 'image', image: pixel }] }] });
  expect(text).toBe('That is an image of type image/png.');
});
