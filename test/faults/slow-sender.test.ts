import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningServer } from '@claude-code-api/node';
import { startLeakCheck, type LeakCheck } from '../support/leak-check.ts';
import { exchangeRaw, expectRawError, sendRaw } from '../support/raw-http.ts';
import { startScriptedTestServer } from '../support/servers/start-scripted-test-server.ts';

let leaks: LeakCheck;
let server: RunningServer;
beforeEach(async () => {
  leaks = startLeakCheck();
  server = await startScriptedTestServer({ 'server.request_timeout_seconds': '2' });
});
afterEach(async () => {
  // Also while something is still being sent.
  await server.close();
  await leaks.finish();
});

const head = 'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
const half = `${head}content-length: 1000\r\n\r\n{"model":"sonnet",`;

async function expectNextAnswered(): Promise<void> {
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] }),
  });
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello world' } }] });
}

/** Sends a bit every 20 ms, for as long as it may. */
const drip = (text: string, bit: string) => (write: (text: string) => void) => {
  write(text);
  const timer = setInterval(() => write(bit), 20);
  return () => clearInterval(timer);
};

test('headers that stop coming', async () => {
  expectRawError(await sendRaw(server.url, head), 408, 'request_timeout');
  await expectNextAnswered();
});

test('headers that drip', async () => {
  expectRawError(await exchangeRaw(server.url, drip(head, 'x-more: 1\r\n')), 408, 'request_timeout');
  await expectNextAnswered();
});

test('a body that stops coming', async () => {
  expectRawError(await sendRaw(server.url, half), 408, 'request_timeout');
  await expectNextAnswered();
});

test('a body that drips, of a known length and in chunks', async () => {
  expectRawError(await exchangeRaw(server.url, drip(half, 'x')), 408, 'request_timeout');
  const chunked = `${head}transfer-encoding: chunked\r\n\r\n`;
  expectRawError(await exchangeRaw(server.url, drip(chunked, '1\r\nx\r\n')), 408, 'request_timeout');
  await expectNextAnswered();
});

test('half a body, and then the end', async () => {
  const answer = await exchangeRaw(server.url, (write, end) => {
    write(half);
    end();
  });
  expectRawError(answer, 400, 'invalid_http');
  await expectNextAnswered();
});

test('a connection on which nothing comes is closed without a word', async () => {
  expect(await sendRaw(server.url)).toBe('');
});

test('two hundred at once do not keep others from being answered', async () => {
  const slow = Array.from({ length: 200 }, () => sendRaw(server.url, half));
  await expectNextAnswered();
  for (const answer of await Promise.all(slow)) expectRawError(answer, 408, 'request_timeout');
  await expectNextAnswered();
});
