import OpenAI, { ConflictError, NotFoundError } from 'openai';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { textReply } from '@claude-code-api/mock-anthropic';
import { lastRoles } from '../support/chat/last-messages.ts';
import { pixel } from '../support/chat/pictures.ts';
import { scriptConversation } from '../support/chat/script-conversation.ts';
import { startClientServer } from '../support/servers/start-client-server.ts';
import type { TestServer } from '../support/servers/start-test-server.ts';

const model = 'sonnet';
const notThere = 'conv_00000000000000000000000000000000';

let server: TestServer;
let client: OpenAI;
beforeAll(async () => {
  server = await startClientServer({ cli: 'none' });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'unused', maxRetries: 0 });
});
beforeEach(() => {
  server.mock.reset();
  server.mock.replyWith(scriptConversation);
});
afterAll(() => server.close());

async function all<Item>(pages: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of pages) items.push(item);
  return items;
}

test('a conversation is made, read, changed and deleted', async () => {
  const made = await client.conversations.create({
    metadata: { topic: 'tests' },
    items: [{ type: 'message', role: 'user', content: 'My name is Alice' }],
  });
  expect(made).toMatchObject({ id: expect.stringMatching(/^conv_/), object: 'conversation', metadata: { topic: 'tests' } });
  expect(Math.abs(made.created_at - Date.now() / 1000)).toBeLessThan(60);
  expect(await client.conversations.retrieve(made.id)).toMatchObject({ id: made.id, metadata: { topic: 'tests' } });
  expect((await client.conversations.update(made.id, { metadata: { topic: 'more' } })).metadata).toEqual({ topic: 'more' });
  expect(await client.conversations.delete(made.id)).toEqual({ id: made.id, object: 'conversation.deleted', deleted: true });
  await expect(client.conversations.retrieve(made.id)).rejects.toBeInstanceOf(NotFoundError);
});

test('without a body as well', async () => {
  const response = await fetch(`${server.url}/v1/conversations`, { method: 'POST' });
  expect(await response.json()).toMatchObject({ object: 'conversation', metadata: {} });
});

test('items are added, paged, read and deleted, and a turn goes on with them', async () => {
  const { id } = await client.conversations.create();
  const added = await client.conversations.items.create(id, {
    items: [
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'What is this?' },
          { type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${pixel}` },
        ],
      },
      { type: 'message', role: 'assistant', content: 'A red pixel.' } as never,
      { type: 'message', role: 'user', content: 'Thanks' },
      { type: 'message', role: 'assistant', content: 'Sure.' } as never,
    ],
  });
  expect(added.data.map(({ type }) => type)).toEqual(['message', 'message', 'message', 'message']);
  const listed = await all(client.conversations.items.list(id, { order: 'asc', limit: 3 }));
  expect(listed).toEqual(added.data);
  const item = await client.conversations.items.retrieve(listed[0]?.id ?? '', { conversation_id: id });
  expect(item).toMatchObject({
    type: 'message',
    role: 'user',
    content: [{ type: 'input_text', text: 'What is this?' }, { type: 'input_image' }],
  });
  expect(await client.conversations.items.delete(listed[3]?.id ?? '', { conversation_id: id })).toMatchObject({
    id,
    object: 'conversation',
  });
  await client.conversations.items.delete(listed[2]?.id ?? '', { conversation_id: id });
  const completion = await client.chat.completions.create({
    model,
    messages: [{ role: 'user', content: 'Sure?' }],
    metadata: { conversation_id: id },
  });
  expect(completion).toMatchObject({ conversation_id: id, choices: [{ message: { content: 'You said: Sure?' } }] });
  expect(lastRoles(server.mock)).toEqual(['user', 'assistant', 'user']);
  const after = await all(client.conversations.items.list(id, { order: 'asc' }));
  expect(after.slice(2)).toMatchObject([
    { type: 'message', role: 'user', status: 'completed', content: [{ type: 'input_text', text: 'Sure?' }] },
    {
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'You said: Sure?', annotations: [] }],
    },
  ]);
});

test('calls and their results are items', async () => {
  const tools = [
    {
      type: 'function' as const,
      function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
    },
  ];
  const called = await client.chat.completions.create({
    model,
    tools,
    messages: [{ role: 'user', content: 'What is the weather in Oslo?' }],
  });
  const id = (called as unknown as { conversation_id: string }).conversation_id;
  const call = called.choices[0]?.message.tool_calls?.[0];
  await client.chat.completions.create(
    { model, tools, messages: [{ role: 'tool', tool_call_id: call?.id ?? '', content: 'cold' }] },
    { headers: { 'x-conversation-id': id } },
  );
  expect(await all(client.conversations.items.list(id, { order: 'asc' }))).toMatchObject([
    { type: 'message', role: 'user' },
    { type: 'function_call', call_id: call?.id, name: 'get_weather', arguments: '{"city":"Oslo"}', status: 'completed' },
    { type: 'function_call_output', call_id: call?.id, output: 'cold' },
    { type: 'message', role: 'assistant' },
  ]);
});

test('conversations are listed in pages, each with what the list needs', async () => {
  const made: string[] = [];
  for (let count = 0; count < 5; count += 1) made.push((await client.conversations.create()).id);
  const pages: { data: { id: string }[]; has_more: boolean; last_id: string }[] = [];
  let after = '';
  for (let count = 0; count < 3; count += 1) {
    const page = await client.get<(typeof pages)[number]>('/conversations', {
      query: { limit: 2, ...(after !== '' && { after }) },
    });
    pages.push(page);
    after = page.last_id;
  }
  expect(pages.flatMap(({ data }) => data.map(({ id }) => id)).slice(0, 5)).toEqual(made.toReversed());
});

test('errors are those that clients know', async () => {
  await expect(client.conversations.retrieve(notThere)).rejects.toMatchObject({ status: 404, code: 'conversation_not_found' });
  await expect(client.conversations.create({ metadata: { a: 'x'.repeat(513) } })).rejects.toMatchObject({
    status: 400,
    type: 'invalid_request_error',
  });
  let goOn = (): void => {};
  const after = new Promise<void>((resolve) => (goOn = resolve));
  server.mock.replyWith(() => textReply('late', { after }));
  const { id } = await client.conversations.create();
  const ask = (): Promise<unknown> =>
    client.chat.completions.create({ model, messages: [{ role: 'user', content: 'hi' }], metadata: { conversation_id: id } });
  const running = ask();
  await expect.poll(() => server.mock.messages().length).toBe(1);
  await expect(ask()).rejects.toBeInstanceOf(ConflictError);
  goOn();
  await running;
  // Clients that repeat what was busy get their answer.
  const patient = client.withOptions({ maxRetries: 5 });
  const both = [1, 2].map(() =>
    patient.chat.completions.create({ model, messages: [{ role: 'user', content: 'hi' }], metadata: { conversation_id: id } }),
  );
  expect(await Promise.all(both)).toHaveLength(2);
});
