import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hugeReply } from '@claude-code-api/mock-anthropic';
import { startLeakCheck, type LeakCheck } from '../support/leak-check.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { until } from '../support/until.ts';

const mebibyte = 1024 * 1024;
const hugeBytes = 20 * mebibyte;

let leaks: LeakCheck;
let server: TestServer;
beforeEach(async () => {
  leaks = startLeakCheck();
  server = await startTestServer({ runner: { minIdle: 0, maxIdle: 0 } });
});
afterEach(async () => {
  await server.close();
  await leaks.finish();
});

test('20 MB for a reader who pauses: what waits in memory has a bound, and all of it arrives', async () => {
  server.mock.reply(hugeReply(hugeBytes));
  const body = JSON.stringify({ model: 'sonnet', stream: true, messages: [{ role: 'user', content: 'hi' }] });
  // A plain socket: `fetch` would read ahead by itself.
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  const head = 'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n';
  socket.write(`${head}content-length: ${body.length}\r\n\r\n${body}`);
  let letters = 0;
  let readBytes = 0;
  let tail = '';
  let mayRead = false;
  socket.on('data', (bytes) => {
    const text = bytes.toString('latin1');
    readBytes += bytes.length;
    letters += text.split('x').length - 1;
    tail = (tail + text).slice(-100);
    if (mayRead || readBytes < mebibyte) return;
    socket.pause();
  });
  await until(() => readBytes >= mebibyte, 'the first megabyte');
  const memory = (): number => process.memoryUsage().heapUsed + process.memoryUsage().external;
  const before = memory();
  let peak = 0;
  for (let round = 0; round < 30; round += 1) {
    await wait(100);
    peak = Math.max(peak, memory() - before);
  }
  expect(readBytes).toBeLessThan(2 * mebibyte);
  // The answer as it comes from the CLI waits in events, and as the CLI repeats it at the end: a small multiple of its size, once.
  expect(peak).toBeLessThan(8 * hugeBytes);
  mayRead = true;
  socket.resume();
  await once(socket, 'close');
  expect(tail).toContain('data: [DONE]');
  // A few more are in the ids and in the keys.
  expect(letters).toBeGreaterThanOrEqual(hugeBytes);
  expect(letters).toBeLessThan(hugeBytes * 1.01);
});
