import { afterEach, beforeEach, expect, test } from 'vitest';
import { errorReply, rawReply, startMockAnthropic, textReply } from './index.ts';
import type { MockAnthropic } from './index.ts';
import { postMessages } from './post-messages.ts';

let mock: MockAnthropic;
beforeEach(async () => {
  mock = await startMockAnthropic();
});
afterEach(() => mock.close());

async function textOf(response: Response): Promise<string> {
  const { content } = (await response.json()) as { content: { text: string }[] };
  return content.map((block) => block.text).join('');
}

test('answers one JSON message without stream', async () => {
  const response = await postMessages(mock.url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('request-id')).toMatch(/^req_/);
  expect(await response.json()).toEqual({
    id: expect.stringMatching(/^msg_/),
    type: 'message',
    role: 'assistant',
    model: 'claude-test',
    content: [{ type: 'text', text: 'Hello world' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 10, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 5 },
  });
});

test('records every request, and messages apart', async () => {
  const before = performance.now();
  await (await postMessages(mock.url, { temperature: 0.5, service_tier: 'auto' })).text();
  expect((await fetch(mock.url, { method: 'HEAD' })).status).toBe(200);
  const counted = await fetch(`${mock.url}/v1/messages/count_tokens`, { method: 'POST', body: '{"model":"m","messages":[]}' });
  expect(await counted.json()).toEqual({ input_tokens: 10 });
  const missing = await fetch(`${mock.url}/v1/nothing`, { method: 'POST', body: 'not json' });
  expect(missing.status).toBe(404);
  expect(await missing.json()).toEqual({
    type: 'error',
    error: { type: 'not_found_error', message: 'Nothing is at POST /v1/nothing.' },
    request_id: missing.headers.get('request-id'),
  });
  expect(mock.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /v1/messages?beta=true',
    'HEAD /',
    'POST /v1/messages/count_tokens',
    'POST /v1/nothing',
  ]);
  expect(mock.requests.map(({ body }) => body).slice(1)).toEqual([undefined, { model: 'm', messages: [] }, 'not json']);
  const [message, ...others] = mock.messages();
  expect(others).toEqual([]);
  expect(message?.headers['x-api-key']).toBe('sk-ant-dummy');
  expect(message?.body).toMatchObject({ model: 'claude-test', temperature: 0.5, service_tier: 'auto' });
  expect(message?.receivedAt).toBeGreaterThan(before);
  expect(message).not.toHaveProperty('closedEarlyAt');
});

test('takes queued replies first, then the default; reset forgets all', async () => {
  mock.reply(textReply('one'), textReply(['t', 'wo']));
  mock.replyWith(({ body }) => textReply(`you said ${JSON.stringify(body.messages[0]?.content)}`));
  const texts: string[] = [];
  for (let count = 0; count < 3; count += 1) texts.push(await textOf(await postMessages(mock.url)));
  expect(texts).toEqual(['one', 'two', 'you said "hi"']);
  mock.reply(textReply('forgotten'));
  const { requests } = mock;
  mock.reset();
  expect(requests).toEqual([]);
  expect(await textOf(await postMessages(mock.url))).toBe('Hello world');
  expect(requests).toHaveLength(1);
});

test('a malformed body is refused and takes no reply', async () => {
  mock.reply(textReply('kept'));
  for (const body of [
    { messages: 'hi' },
    { max_tokens: null },
    { model: 1 },
    { system: 3 },
    { messages: [{ role: 'user', content: [{}] }] },
  ]) {
    const response = await postMessages(mock.url, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } });
  }
  expect(mock.messages()).toEqual([]);
  expect(await textOf(await postMessages(mock.url))).toBe('kept');
});

test('answers errors with their status, headers and Anthropic body', async () => {
  mock.reply(errorReply(429, 'rate_limit_error', 'Slow down', { 'retry-after': '7' }));
  const response = await postMessages(mock.url, { stream: true });
  expect(response.status).toBe(429);
  expect(response.headers.get('retry-after')).toBe('7');
  expect(await response.json()).toEqual({
    type: 'error',
    error: { type: 'rate_limit_error', message: 'Slow down' },
    request_id: response.headers.get('request-id'),
  });
});

test('counts tokens as told', async () => {
  mock.countWith((body) => JSON.stringify(body).length);
  const body = '{"model":"m","messages":[{"role":"user","content":"hi"}]}';
  const count = async (): Promise<unknown> =>
    (await fetch(`${mock.url}/v1/messages/count_tokens?beta=true`, { method: 'POST', body })).json();
  expect(await count()).toEqual({ input_tokens: body.length });
  mock.reset();
  expect(await count()).toEqual({ input_tokens: 10 });
});

test.each([
  [{ model: 'm' }, 'model and messages'],
  [{ max_tokens: 5 }, 'max_tokens: Extra inputs'],
  [{ stream: false }, 'stream: Extra inputs'],
  [{ temperature: 1 }, 'temperature: Extra inputs'],
  [{ messages: [{ role: 'user', content: ' ' }] }, 'non-whitespace'],
])('counts no tokens of %j', async (body, problem) => {
  const messages = { messages: [{ role: 'user', content: 'hi' }] };
  const whole = JSON.stringify('model' in body ? body : { model: 'm', ...messages, ...body });
  const response = await fetch(`${mock.url}/v1/messages/count_tokens`, { method: 'POST', body: whole });
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(problem)]);
});

test('reads a body of many megabytes', async () => {
  const content = 'é'.repeat(10_000_000);
  await (await postMessages(mock.url, { messages: [{ role: 'user', content }] })).text();
  expect(mock.messages()[0]?.body.messages[0]?.content === content).toBe(true);
});

test('a raw reply writes the response itself; one that throws is answered 500', async () => {
  mock.reply(
    rawReply((_request, response) => void response.writeHead(418).end('teapot')),
    rawReply(() => Promise.reject(new Error('oops'))),
  );
  const teapot = await postMessages(mock.url);
  expect([teapot.status, await teapot.text()]).toEqual([418, 'teapot']);
  const failed = await postMessages(mock.url);
  expect(failed.status).toBe(500);
  expect(await failed.text()).toContain('oops');
});

test('listens on the port it is given, and says when it is taken', async () => {
  const port = Number(new URL(mock.url).port);
  await expect(startMockAnthropic({ port })).rejects.toThrow('EADDRINUSE');
  await mock.close();
  const again = await startMockAnthropic({ port });
  expect(again.url).toBe(mock.url);
  await again.close();
});
