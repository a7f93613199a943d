import { createOpenAI } from '@ai-sdk/openai';
import { HumanMessage } from '@langchain/core/messages';
import { tool as langchainTool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { Agent, getGlobalTraceProvider, handoff, OpenAIProvider, Runner, setTracingDisabled, tool as agentTool } from '@openai/agents';
import { generateObject, generateText, stepCountIs, streamText, tool } from 'ai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { lastBlocks } from '../support/chat/last-messages.ts';
import { pixel } from '../support/chat/pictures.ts';
import { scriptConversation } from '../support/chat/script-conversation.ts';
import { startClientServer } from '../support/servers/start-client-server.ts';
import type { TestServer } from '../support/servers/start-test-server.ts';

const Place = z.object({ city: z.string(), degrees: z.number(), tags: z.array(z.string()), country: z.string().nullable() });
const place = { city: 'Paris', degrees: 21, tags: ['Paris'], country: 'Paris' };
const question = 'What is the weather in Paris and Oslo?';
const answer = 'The tools say: sunny in Paris, sunny in Oslo.';
const city = z.object({ city: z.string() });
const image = `data:image/png;base64,${pixel}`;

let server: TestServer;
let baseURL: string;
beforeAll(async () => {
  server = await startClientServer({ cli: 'none' });
  baseURL = `${server.url}/v1`;
});
beforeEach(() => {
  server.mock.reset();
  server.mock.replyWith(scriptConversation);
});
afterAll(() => server.close());

describe('@openai/agents', () => {
  let runner: Runner;
  beforeAll(() => {
    setTracingDisabled(true);
    runner = new Runner({ modelProvider: new OpenAIProvider({ baseURL, apiKey: 'unused', useResponses: true }) });
  });
  // It looks every few seconds for traces to send, also where there are none.
  afterAll(() => getGlobalTraceProvider().shutdown());
  const weather = agentTool({
    name: 'get_weather',
    description: 'Tells the weather in a city.',
    parameters: city,
    execute: ({ city: where }) => `sunny in ${where}`,
  });

  test('an agent with a tool, whole and streamed', async () => {
    const agent = new Agent({ name: 'Weather', instructions: 'Be brief.', model: 'sonnet', tools: [weather] });
    expect((await runner.run(agent, question)).finalOutput).toBe(answer);
    const streamed = await runner.run(agent, question, { stream: true });
    let text = '';
    for await (const piece of streamed.toTextStream()) text += piece;
    expect(text).toBe(answer);
    expect(streamed.finalOutput).toBe(answer);
  });

  test('structured output, a picture', async () => {
    const agent = new Agent({ name: 'Place', model: 'sonnet', outputType: Place });
    expect((await runner.run(agent, 'Where is it warm?')).finalOutput).toEqual(place);
    const seeing = new Agent({ name: 'Eye', model: 'sonnet' });
    const content = [
      { type: 'input_text' as const, text: 'What is this?' },
      { type: 'input_image' as const, image },
    ];
    expect((await runner.run(seeing, [{ role: 'user', content }])).finalOutput).toBe('That is an image of type image/png.');
  });

  test('a handoff', async () => {
    const other = new Agent({ name: 'Other', instructions: 'You are the other.', model: 'sonnet' });
    const first = new Agent({ name: 'First', model: 'sonnet', handoffs: [handoff(other)], modelSettings: { toolChoice: 'required' } });
    const result = await runner.run(first, 'Ask the other.');
    expect(result.lastAgent?.name).toBe('Other');
    expect(JSON.stringify(server.mock.messages().at(-1)?.body.system)).toContain('You are the other.');
  });
});

describe('@ai-sdk/openai', () => {
  const openai = () => createOpenAI({ baseURL, apiKey: 'unused' })('sonnet');
  const tools = {
    get_weather: tool({
      description: 'Tells the weather in a city.',
      inputSchema: city,
      execute: async ({ city: where }) => `sunny in ${where}`,
    }),
  };

  test.each([true, false])('tools in a loop, whole and streamed, with store: %s', async (store) => {
    const providerOptions = { openai: { store } };
    const options = { model: openai(), prompt: question, tools, stopWhen: stepCountIs(3), maxRetries: 0, providerOptions };
    const whole = await generateText(options);
    expect(whole.text).toBe(answer);
    expect(whole.usage.totalTokens).toBeGreaterThan(0);
    const streamed = streamText(options);
    let text = '';
    for await (const piece of streamed.textStream) text += piece;
    expect(text).toBe(answer);
    expect(await streamed.finishReason).toBe('stop');
  });

  test('structured output, a picture', async () => {
    const { object } = await generateObject({
      model: openai(),
      schema: Place,
      prompt: 'Where is it warm?',
      maxRetries: 0,
    });
    expect(object).toEqual(place);
    const { text } = await generateText({
      model: openai(),
      maxRetries: 0,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image', image },
          ],
        },
      ],
    });
    expect(text).toBe('That is an image of type image/png.');
  });
});

describe('@langchain/openai with useResponsesApi', () => {
  const chat = () =>
    new ChatOpenAI({ model: 'sonnet', apiKey: 'unused', configuration: { baseURL }, useResponsesApi: true, maxRetries: 0 });
  const weather = langchainTool(({ city: where }: { city: string }) => `sunny in ${where}`, {
    name: 'get_weather',
    description: 'Tells the weather in a city.',
    schema: city,
  });

  test('chat, streamed too', async () => {
    const said = await chat().invoke('how are you?');
    expect(said.text).toBe('You said: how are you?');
    expect(said).toMatchObject({ usage_metadata: { total_tokens: 15 } });
    let text = '';
    for await (const chunk of await chat().stream('count to three')) text += chunk.text;
    expect(text).toBe('You said: count to three');
  });

  test('tools in a loop', async () => {
    const bound = chat().bindTools([weather]);
    const asked = new HumanMessage(question);
    const called = await bound.invoke([asked]);
    expect(called.tool_calls?.map(({ name, args }) => [name, args])).toEqual([
      ['get_weather', { city: 'Paris' }],
      ['get_weather', { city: 'Oslo' }],
    ]);
    const results = await Promise.all((called.tool_calls ?? []).map((call) => weather.invoke({ ...call, type: 'tool_call' })));
    const last = await bound.invoke([asked, called, ...results]);
    expect(last.text).toBe(answer);
    expect(lastBlocks(server.mock).map(({ type }) => type)).toEqual(['tool_result', 'tool_result']);
  });

  test('structured output', async () => {
    expect(await chat().withStructuredOutput(Place, { method: 'jsonSchema' }).invoke('Where is it warm?')).toEqual(place);
  });
});
