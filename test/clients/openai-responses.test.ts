import OpenAI, { BadRequestError } from 'openai';
import { zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod';
import type { Response, ResponseInputItem } from 'openai/resources/responses/responses';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { stallReply, textReply, thinkingReply } from '@claude-code-api/mock-anthropic';
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

/** What a response said, as it is brought back; the package's types know more kinds of items than can be. */
function toInput({ output }: Pick<Response, 'output'>): ResponseInputItem[] {
  return output as ResponseInputItem[];
}

test('a response', async () => {
  const response = await client.responses.create({
    model,
    instructions: 'Be brief.',
    input: [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'hello' },
      { role: 'user', content: 'how are you?' },
    ],
  });
  expect(response).toMatchObject({ object: 'response', status: 'completed', model, _request_id: expect.stringMatching(/./) });
  expect(response.output_text).toBe('You said: how are you?');
  expect(response.usage).toMatchObject({ input_tokens: 10, output_tokens: 5, total_tokens: 15 });
  expect(lastRoles(server.mock)).toEqual(['user', 'assistant', 'user']);
});

test('stream', async () => {
  const stream = client.responses.stream({ model, input: 'count to three' });
  const deltas: string[] = [];
  stream.on('response.output_text.delta', ({ delta }) => deltas.push(delta));
  const response = await stream.finalResponse();
  expect(response.output_text).toBe('You said: count to three');
  expect(deltas.join('')).toBe(response.output_text);
  expect(deltas.length).toBeGreaterThan(2);
  expect(response.usage?.total_tokens).toBe(15);
});

test('structured output', async () => {
  const { output_parsed: parsed } = await client.responses.parse({
    model,
    input: 'Where is it warm?',
    text: { format: zodTextFormat(Place, 'place') },
  });
  expect(parsed).toEqual(place);
});

const weather = zodResponsesFunction({
  name: 'get_weather',
  description: 'Tells the weather in a city.',
  parameters: z.object({ city: z.string() }),
});

test('tools in a loop, with the whole input each time: the calls are held', async () => {
  const input: ResponseInputItem[] = [{ role: 'user', content: 'What is the weather in Paris and Oslo?' }];
  const first = await client.responses.create({ model, input, tools: [weather] });
  const calls = first.output.filter((item) => item.type === 'function_call');
  expect(calls.map(({ name, arguments: json }) => [name, JSON.parse(json)])).toEqual([
    ['get_weather', { city: 'Paris' }],
    ['get_weather', { city: 'Oslo' }],
  ]);
  const outputs = calls.map(({ call_id, arguments: json }): ResponseInputItem => ({
    type: 'function_call_output',
    call_id,
    output: `sunny in ${(JSON.parse(json) as { city: string }).city}`,
  }));
  const second = await client.responses.create({ model, input: [...input, ...toInput(first), ...outputs], tools: [weather] });
  expect(second.output_text).toBe('The tools say: sunny in Paris, sunny in Oslo.');
});

test('a picture', async () => {
  const response = await client.responses.create({
    model,
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'What is this?' },
          { type: 'input_image', image_url: `data:image/png;base64,${pixel}`, detail: 'low' },
        ],
      },
    ],
  });
  expect(response.output_text).toBe('That is an image of type image/png.');
  expect(lastBlocks(server.mock).map(({ type }) => type)).toEqual(['text', 'image']);
});

test('what Claude thinks is shown, and comes back with its signature', async () => {
  server.mock.replyWith(() => thinkingReply({ thinking: 'Let me see.', signature: 'SIGNED', text: 'It rains.' }));
  const input: ResponseInputItem[] = [{ role: 'user', content: 'How is the weather?' }];
  const stream = client.responses.stream({
    model,
    input,
    store: false,
    reasoning: { effort: 'high', summary: 'auto' },
    include: ['reasoning.encrypted_content'],
  });
  const told: string[] = [];
  stream.on('response.reasoning_summary_text.delta', ({ delta }) => told.push(delta));
  const response = await stream.finalResponse();
  expect(told.join('')).toBe('Let me see.');
  const [reasoning] = response.output;
  expect(reasoning).toMatchObject({ type: 'reasoning', summary: [{ type: 'summary_text', text: 'Let me see.' }] });
  expect((reasoning as { encrypted_content?: string }).encrypted_content).toMatch(/^ccs1_/);

  server.mock.replyWith(scriptConversation);
  await client.responses.create({
    model,
    input: [...input, ...toInput(response), { role: 'user', content: 'And tomorrow?' }],
    store: false,
    reasoning: { effort: 'high' },
  });
  const [, answer] = server.mock.messages().at(-1)?.body.messages ?? [];
  expect(answer).toMatchObject({
    role: 'assistant',
    content: [{ type: 'thinking', thinking: 'Let me see.', signature: 'SIGNED' }, { text: 'It rains.' }],
  });
});

test('a 400 names what is wrong', async () => {
  const error = await client.responses.create({ model, input: [{ role: 'user', content: [] }] }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(BadRequestError);
  expect(error).toMatchObject({ param: 'input' });
});

describe('in the background', () => {
  // What runs on is a turn like any other; with the CLI it is tried where CLIs and servers fail.
  let withoutCli: TestServer;
  let background: OpenAI;
  beforeAll(async () => {
    withoutCli = await startClientServer({ cli: 'none' });
    background = new OpenAI({ baseURL: `${withoutCli.url}/v1`, apiKey: 'unused', maxRetries: 0 });
  });
  beforeEach(() => {
    withoutCli.mock.reset();
    withoutCli.mock.replyWith(scriptConversation);
  });
  afterAll(() => withoutCli.close());

  const inBackground = { model, background: true } as const;
  const slowly = () => textReply(['You ', 'said: ', 'count ', 'to ', 'three'], { chunkDelayMs: 200 });
  const running: readonly (string | undefined)[] = ['queued', 'in_progress'];

  test('polled until it is there, and gone on with', async () => {
    let response = await background.responses.create({ ...inBackground, input: 'how are you?' });
    expect(running).toContain(response.status);
    while (running.includes(response.status)) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      response = await background.responses.retrieve(response.id);
    }
    expect(response).toMatchObject({ status: 'completed', output_text: 'You said: how are you?', usage: { total_tokens: 15 } });
    const next = await background.responses.create({ model, input: 'and you?', previous_response_id: response.id });
    expect(next.output_text).toBe('You said: and you?');
    expect(lastRoles(withoutCli.mock)).toEqual(['user', 'assistant', 'user']);
  });

  test('cancelled', async () => {
    withoutCli.mock.replyWith(() => stallReply({ afterText: 'Well' }));
    const { id } = await background.responses.create({ ...inBackground, input: 'count' });
    expect(await background.responses.cancel(id)).toMatchObject({ id, status: 'cancelled' });
    expect((await background.responses.retrieve(id)).status).toBe('cancelled');
    await background.responses.delete(id);
  });

  test('streamed, left, and taken up where it was', async () => {
    withoutCli.mock.replyWith(slowly);
    let id = '';
    let seen = -1;
    let text = '';
    for await (const event of await background.responses.create({ ...inBackground, input: 'count', stream: true })) {
      seen = event.sequence_number;
      if (event.type === 'response.created') ({ id } = event.response);
      if (event.type === 'response.output_text.delta') {
        text += event.delta;
        break;
      }
    }
    const types: string[] = [];
    for await (const event of await background.responses.retrieve(id, { stream: true, starting_after: seen })) {
      expect(event.sequence_number).toBe((seen += 1));
      types.push(event.type);
      if (event.type === 'response.output_text.delta') text += event.delta;
    }
    expect(text).toBe('You said: count to three');
    expect(types.at(-1)).toBe('response.completed');
  });

  test('by the helper for streams, which builds the response from all events', async () => {
    withoutCli.mock.replyWith(slowly);
    const first = background.responses.stream({ ...inBackground, input: 'count' });
    let id = '';
    for await (const event of first) {
      if (event.type === 'response.created') ({ id } = event.response);
      if (event.type === 'response.output_text.delta') break;
    }
    for (const after of [undefined, 6]) {
      const numbers: number[] = [];
      const again = background.responses.stream({ response_id: id, ...(after !== undefined && { starting_after: after }) });
      again.on('event', (event) => numbers.push(event.sequence_number));
      expect((await again.finalResponse()).output_text).toBe('You said: count to three');
      expect(numbers[0]).toBe(after === undefined ? 0 : after + 1);
    }
    await background.responses.cancel(id);
    const cancelled = background.responses.stream({ ...inBackground, input: 'count' });
    for await (const event of cancelled) if (event.type === 'response.created') void background.responses.cancel(event.response.id);
    expect((await cancelled.finalResponse()).status).toBe('cancelled');
  });
});
