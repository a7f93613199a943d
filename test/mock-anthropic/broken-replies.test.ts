import { createConnection } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cutReply, hugeReply, rawReply, stallReply, startMockAnthropic, streamErrorReply, textReply } from './index.ts';
import type { MockAnthropic, Reply } from './index.ts';
import { parseStream } from './parse-stream.ts';
import { postMessages } from './post-messages.ts';

let mock: MockAnthropic;
beforeEach(async () => {
  mock = await startMockAnthropic();
});
afterEach(() => mock.close());

/** Reads until the text has arrived, and gives back what has come until then. */
async function readUntil(reader: ReadableStreamDefaultReader<Uint8Array>, text: string): Promise<string> {
  const decoder = new TextDecoder();
  let received = '';
  while (!received.includes(text)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The stream ended without ${text}.`);
    received += decoder.decode(value, { stream: true });
  }
  return received;
}

function readerOf(response: Response): ReadableStreamDefaultReader<Uint8Array> {
  if (response.body === null) throw new Error('no body');
  return response.body.getReader();
}

/** Reads a whole response; never rejects, so that it can be awaited later. */
async function outcomeOf(sent: Promise<Response>): Promise<'complete' | 'failed'> {
  try {
    await (await sent).text();
    return 'complete';
  } catch {
    return 'failed';
  }
}

async function untilClosedEarly(): Promise<void> {
  await expect.poll(() => mock.requests[0]?.closedEarlyAt).toBeGreaterThan(0);
}

test('an error event ends the stream; without stream it is an HTTP error', async () => {
  const reply = streamErrorReply('Hel', 'overloaded_error', 'Overloaded');
  mock.reply(reply, reply);
  const response = await postMessages(mock.url, { stream: true });
  const events = parseStream(await response.text());
  expect(events.map(({ event }) => event)).toEqual(['message_start', 'ping', 'content_block_start', 'content_block_delta', 'error']);
  expect(events.at(-1)?.data).toEqual({
    type: 'error',
    error: { type: 'overloaded_error', message: 'Overloaded' },
    request_id: response.headers.get('request-id'),
  });
  expect((await postMessages(mock.url)).status).toBe(529);
});

test('a cut reply sends its text and then fails', async () => {
  mock.reply(cutReply('Hel'), cutReply(''));
  const reader = readerOf(await postMessages(mock.url, { stream: true }));
  expect(await readUntil(reader, 'Hel')).not.toContain('content_block_stop');
  await expect(reader.read()).rejects.toThrow('terminated');
  await expect(postMessages(mock.url)).rejects.toThrow('fetch failed');
  expect(mock.requests[0]).not.toHaveProperty('closedEarlyAt');
});

test('a stalled reply waits for the client to leave, and tells when it did', async () => {
  mock.reply(stallReply({ afterText: 'Hel' }));
  const client = new AbortController();
  const reader = readerOf(await postMessages(mock.url, { stream: true }, client.signal));
  await readUntil(reader, 'Hel');
  expect(mock.requests[0]).not.toHaveProperty('closedEarlyAt');
  const left = performance.now();
  client.abort();
  await untilClosedEarly();
  expect(mock.requests[0]?.closedEarlyAt).toBeGreaterThan(left);
});

test.each<[string, Reply, boolean]>([
  ['a stall', stallReply(), true],
  ['a stall without stream', stallReply(), false],
  ['a long delay', textReply('late', { delayMs: 60_000 }), true],
  ['a raw reply that never ends', rawReply(() => new Promise(() => {})), true],
])('close ends %s, which is not the client leaving', async (_name, reply, isStream) => {
  mock.reply(reply);
  const ended = outcomeOf(postMessages(mock.url, { stream: isStream }));
  await expect.poll(() => mock.requests).toHaveLength(1);
  await mock.close();
  expect(await ended).toBe('failed');
  expect(mock.requests[0]).not.toHaveProperty('closedEarlyAt');
});

test('a client that leaves during a delay, or a raw reply, is noticed', async () => {
  for (const reply of [textReply('late', { delayMs: 60_000 }), rawReply(() => {})]) {
    mock.reset();
    mock.reply(reply);
    const client = new AbortController();
    const ended = outcomeOf(postMessages(mock.url, {}, client.signal));
    await expect.poll(() => mock.requests).toHaveLength(1);
    client.abort();
    expect(await ended).toBe('failed');
    await untilClosedEarly();
  }
});

test('a huge reply stops when a client that does not read leaves', async () => {
  mock.reply(hugeReply(200_000_000));
  const { port } = new URL(mock.url);
  const body = JSON.stringify({ model: 'm', max_tokens: 1, messages: [], stream: true });
  const socket = createConnection(Number(port), '127.0.0.1').pause();
  socket.write(`POST /v1/messages HTTP/1.1\r\nhost: mock\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  await expect.poll(() => mock.requests).toHaveLength(1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(mock.requests[0]).not.toHaveProperty('closedEarlyAt');
  socket.destroy();
  await untilClosedEarly();
});

test('a cut upload is recorded with what had arrived', async () => {
  const socket = createConnection(Number(new URL(mock.url).port), '127.0.0.1');
  await new Promise((resolve) => socket.write('POST /v1/messages HTTP/1.1\r\nhost: mock\r\ncontent-length: 100\r\n\r\n{"model":', resolve));
  socket.destroy();
  await expect.poll(() => mock.requests).toHaveLength(1);
  expect(mock.requests[0]).toMatchObject({ method: 'POST', body: '{"model":', closedEarlyAt: expect.any(Number) });
  expect(mock.messages()).toEqual([]);
});
