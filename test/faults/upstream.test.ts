import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cutReply, errorReply, rawReply, stallReply, streamErrorReply, type Reply } from '@claude-code-api/mock-anthropic';
import { answerOf } from '../support/chat/answer-of.ts';
import { childProcesses } from '../support/cli/child-processes.ts';
import { startLeakCheck, type LeakCheck } from '../support/leak-check.ts';
import { readEvents, textOf, type StreamChunk } from '../support/chat/read-events.ts';
import { slowCutReply } from '../support/chat/broken-reply.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { until } from '../support/until.ts';

// What callers are told exactly is in errors.test.ts; here it is what is left afterwards.
// A full name, for which no process is started that looks it up.
const hi = { model: 'claude-sonnet-5-5', messages: [{ role: 'user', content: 'hi' }] };

let leaks: LeakCheck;
let server: TestServer;
beforeEach(() => {
  leaks = startLeakCheck();
});
afterEach(async () => {
  await server.close();
  await leaks.finish();
});

async function start(settings: Record<string, string> = {}): Promise<void> {
  server = await startTestServer({ settings, runner: { minIdle: 0, maxIdle: 0 } });
}

async function expectAllWell(): Promise<void> {
  await until(
    () => childProcesses().length === 0,
    () => `no process, but there are ${JSON.stringify(childProcesses())}`,
  );
  server.mock.reset();
  expect(await answerOf(server.chat(hi))).toBe('Hello world');
  expect(server.mock.messages()).toHaveLength(1);
}

test.each<[string, number, string, Reply]>([
  ['a 429', 429, 'rate_limit_exceeded', errorReply(429, 'rate_limit_error', 'Slow down.')],
  ['a 529', 503, 'overloaded', errorReply(529, 'overloaded_error', 'Overloaded')],
  ['a connection cut before the answer', 502, 'upstream_error', rawReply((request) => void request.socket.destroy())],
  ['a connection cut at the beginning of the answer', 502, 'upstream_error', cutReply('')],
])('%s: an error, and no process is left', async (_, status, code, reply) => {
  await start();
  server.mock.replyWith(() => reply);
  const response = await server.chat({ ...hi, stream: true });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ error: { code } });
  await expectAllWell();
});

test.each<[string, string, Reply]>([
  ['a connection cut in mid-answer', 'upstream_error', slowCutReply('Well')],
  ['a 529 in mid-answer', 'overloaded', streamErrorReply('Well', 'overloaded_error', 'Overloaded')],
  ['an answer that stalls', 'timeout', stallReply({ afterText: 'Well' })],
])('%s: an error in the stream, and no process is left', async (_, code, reply) => {
  await start({ 'claude.timeout_seconds': '15' });
  server.mock.reply(reply);
  const chunks: StreamChunk[] = [];
  for await (const chunk of readEvents(await server.chat({ ...hi, stream: true }))) chunks.push(chunk);
  expect(textOf(chunks)).toBe('Well');
  expect(chunks.at(-1)?.error).toMatchObject({ code });
  await expectAllWell();
});

test('an answer that drips, letter by letter, is not cut, and no letter waits for the next', async () => {
  // The first event is there at once; the whole takes longer than that may.
  server = await startTestServer({ runner: { minIdle: 0, maxIdle: 0, firstEventTimeoutMs: 12_000 } });
  expect(await answerOf(server.chat(hi))).toBe('Hello world');
  const letters = Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ');
  const chunks: StreamChunk[] = [];
  server.mock.reply(drippingReply(letters, async (letter) => until(() => textOf(chunks).endsWith(letter), `the letter ${letter}`)));
  const messages = [...hi.messages, { role: 'assistant', content: 'Hello world' }, { role: 'user', content: 'slowly' }];
  for await (const chunk of readEvents(await server.chat({ ...hi, messages, stream: true }))) chunks.push(chunk);
  expect(textOf(chunks)).toBe(letters.join(''));
  expect(chunks.some(({ error }) => error !== undefined)).toBe(false);
  expect(chunks.filter((chunk) => chunk.choices?.[0]?.finish_reason === 'stop')).toHaveLength(1);
});

/** Sends each letter when the caller has got the one before it, a quarter of a second later. */
function drippingReply(letters: readonly string[], arrived: (letter: string) => Promise<void>): Reply {
  const usage = { input_tokens: 10, output_tokens: 1 };
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-5-5', content: [], stop_reason: null, usage };
  return rawReply(async (_, response) => {
    const send = (event: { readonly type: string; readonly [key: string]: unknown }): boolean =>
      response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    send({ type: 'message_start', message });
    send({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });
    for (const letter of letters) {
      send({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: letter } });
      await arrived(letter);
      await wait(250);
    }
    send({ type: 'content_block_stop', index: 0 });
    send({ type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage });
    send({ type: 'message_stop' });
    response.end();
  });
}
