import { createGateway } from '@claude-code-api/gateway';
import { createScriptedRunner, textScript, type Script } from '@claude-code-api/gateway/testing';
import { Ollama, type ChatRequest } from 'ollama';
import { expect, test } from 'vitest';
import { ollamaChat } from './ollama-chat.ts';

const usage = { inputTokens: 3, cacheReadTokens: 4, cacheWriteTokens: 0, cacheWriteHourTokens: 0, outputTokens: 5, reasoningTokens: 0 };
const weather = { type: 'object', properties: { city: { type: 'string' } } };
const tools = [{ type: 'function', function: { name: 'weather', description: 'Tells it', parameters: weather } }];
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

function setUp(script: Script = textScript(['Hel', 'lo'])) {
  const runner = createScriptedRunner({ script });
  const app = createGateway({ runner, dialects: [ollamaChat] });
  const replies: Response[] = [];
  const client = new Ollama({
    host: 'http://localhost:11434',
    fetch: async (input, init) => {
      const reply = await app.request(new Request(input, init));
      replies.push(reply);
      return reply;
    },
  });
  const ask = (more: object = {}) =>
    client.chat({ model: 'sonnet', messages: [{ role: 'user', content: 'Hi' }], ...more } as ChatRequest & { stream: false });
  return { runner, app, client, ask, replies };
}

const calling: Script = (turn) => [
  { type: 'turn-start', model: turn.model, usage },
  { type: 'thinking-delta', thinking: 'hm' },
  { type: 'call', id: 'toolu_1', name: 'weather' },
  { type: 'input-delta', json: '{"city":' },
  { type: 'input-delta', json: '"Rome"}' },
  { type: 'usage', usage },
  { type: 'turn-end', reason: 'tool_use' },
];

test('whole', async () => {
  const { ask, runner } = setUp();
  const reply = await ask({ options: { temperature: 0.5, num_predict: 9, stop: ['x'], top_k: 3, seed: 1 } });
  expect(reply).toMatchObject({ model: 'sonnet', message: { role: 'assistant', content: 'Hello' }, done: true, done_reason: 'stop' });
  expect(reply).toMatchObject({ prompt_eval_count: 10, eval_count: 2 });
  expect(runner.turns[0]?.sampling).toEqual({ temperature: 0.5, maxOutputTokens: 9, stopSequences: ['x'], topK: 3 });
});

test('streamed', async () => {
  const { client } = setUp();
  const parts = [];
  for await (const part of await client.chat({ model: 'sonnet', messages: [{ role: 'user', content: 'Hi' }], stream: true }))
    parts.push(part);
  expect(parts.map(({ message }) => message.content)).toEqual(['Hel', 'lo', '']);
  expect(parts.map(({ done }) => done)).toEqual([false, false, true]);
});

test('tools: a call, whole and streamed, and its result by the tool’s name', async () => {
  const { client, ask, runner } = setUp((turn, signal) =>
    turn.messages.length > 1 ? textScript(['Sunny'])(turn, signal) : calling(turn, signal),
  );
  const question = { role: 'user', content: 'Weather?' };
  const { message } = await ask({ messages: [question], tools, think: 'low' });
  expect(message).toMatchObject({ thinking: 'hm', tool_calls: [{ function: { name: 'weather', arguments: { city: 'Rome' } } }] });
  expect(runner.turns[0]).toMatchObject({ effort: 'low', tools: [{ name: 'weather', description: 'Tells it', inputSchema: weather }] });
  const streamed = [];
  for await (const part of await client.chat({ model: 'sonnet', messages: [question], tools, stream: true })) streamed.push(part.message);
  expect(streamed.flatMap(({ tool_calls: calls }) => calls ?? [])).toEqual(message.tool_calls);
  for (const calls of [message.tool_calls, message.tool_calls?.map(({ function: called }) => ({ function: called }))]) {
    const result = { role: 'tool', tool_name: 'weather', content: '20 °C' };
    const last = await ask({ messages: [question, { ...message, tool_calls: calls }, result], tools });
    expect(last.message.content).toBe('Sunny');
    expect(runner.turns.at(-1)?.messages.at(-1)?.content).toMatchObject([{ type: 'tool_result', content: [{ text: '20 °C' }] }]);
  }
});

test.each([
  ['json', { type: 'object' }],
  [weather, weather],
])('format %j', async (format, outputSchema) => {
  const { ask, runner } = setUp(textScript(['{"city":"Rome"}']));
  expect((await ask({ format })).message.content).toBe('{"city":"Rome"}');
  expect(runner.turns[0]?.outputSchema).toEqual(outputSchema);
});

test('images, as bytes or as base64', async () => {
  const { ask, runner } = setUp();
  await ask({ messages: [{ role: 'user', content: 'Which?', images: [pixel, Buffer.from(pixel, 'base64')] }] });
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } };
  expect(runner.turns[0]?.messages[0]?.content).toEqual([image, image, { type: 'text', text: 'Which?' }]);
});

test('names its models, and what has no effect', async () => {
  const { client, ask, replies } = setUp();
  expect((await client.list()).models.map(({ name }) => name)).toEqual(['sonnet', 'claude-sonnet-5-5']);
  await ask({ keep_alive: '5m', options: { num_ctx: 4096 } });
  expect(replies.at(-1)?.headers.get('x-ignored-parameters')).toBe('keep_alive, options.num_ctx');
});

test.each([
  ['an unknown model', { model: 'llama3' }, 'does not exist'],
  ['a body that is malformed', { messages: [{ role: 'user', content: 7 }] }, "Invalid type for 'messages[0].content'"],
  ['a schema by which nothing can be checked', { format: { pattern: '(' } }, "Invalid schema for 'format'"],
  ['a tool that is given twice', { tools: [...tools, ...tools] }, "Invalid value for 'tools': the name 'weather' is given twice"],
  [
    'a call without its result',
    { messages: [{ role: 'assistant', content: '', tool_calls: [{ function: { name: 'weather', arguments: {} } }] }] },
    'did not have response messages',
  ],
])('says in Ollama’s form what is wrong with %s', async (_, body, text) => {
  const { ask } = setUp();
  await expect(ask(body)).rejects.toThrow(text);
});

test('says it in the stream when that has begun', async () => {
  const { client } = setUp(function* broken(turn) {
    yield { type: 'turn-start', model: turn.model, usage };
    yield { type: 'text-delta', text: 'Hel' };
    throw new Error('secret');
  });
  const texts: string[] = [];
  const read = async (): Promise<void> => {
    for await (const part of await client.chat({ model: 'sonnet', messages: [{ role: 'user', content: 'Hi' }], stream: true }))
      texts.push(part.message.content);
  };
  await expect(read()).rejects.toThrow('The server had an error');
  expect(texts).toEqual(['Hel']);
});
