import { ChatAnthropic } from '@langchain/anthropic';
import { HumanMessage, ToolMessage, type BaseMessage, type UsageMetadata } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { scriptConversation } from '../support/chat/script-conversation.ts';
import { startClientServer } from '../support/servers/start-client-server.ts';
import type { TestServer } from '../support/servers/start-test-server.ts';

let server: TestServer;
let model: ChatAnthropic;
beforeAll(async () => {
  server = await startClientServer({ cli: 'none' });
  model = new ChatAnthropic({ model: 'sonnet', apiKey: 'unused', anthropicApiUrl: server.url, maxTokens: 500, maxRetries: 0 });
});
beforeEach(() => {
  server.mock.reset();
  server.mock.replyWith(scriptConversation);
});
afterAll(() => server.close());

test('stream', async () => {
  const deltas: string[] = [];
  let tokens = 0;
  for await (const chunk of await model.stream('count to three')) {
    deltas.push(chunk.text);
    tokens += (chunk.usage_metadata as UsageMetadata | undefined)?.total_tokens ?? 0;
  }
  expect(deltas.join('')).toBe('You said: count to three');
  // It adds what the first event told to what the last tells of all.
  expect(tokens).toBe(16);
});

test('tools in a loop', async () => {
  const weather = tool(async ({ city }) => `sunny in ${city}`, {
    ...{ name: 'get_weather', description: 'Tells the weather.', schema: z.object({ city: z.string() }) },
  });
  const withTools = model.bindTools([weather]);
  const messages: BaseMessage[] = [new HumanMessage('What is the weather in Paris and Oslo?')];
  let answer = await withTools.invoke(messages);
  expect(answer.tool_calls?.map(({ args }) => args)).toEqual([{ city: 'Paris' }, { city: 'Oslo' }]);
  messages.push(answer);
  for (const call of answer.tool_calls ?? [])
    messages.push(new ToolMessage({ tool_call_id: call.id ?? '', content: await weather.invoke(call.args as { city: string }) }));
  answer = await withTools.invoke(messages);
  expect(answer.text).toBe('The tools say: sunny in Paris, sunny in Oslo.');
});

test('structured output', async () => {
  const Place = z.object({ city: z.string(), degrees: z.number() });
  expect(await model.withStructuredOutput(Place, { name: 'place' }).invoke('Where is it warm?')).toEqual({ city: 'Paris', degrees: 21 });
});
