import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hugeReply } from '../mock-anthropic/index.ts';
import { startLeakCheck, type LeakCheck } from '../support/leak-check.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';

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

test('20 MB for a slow reader: little of it waits in memory, and all of it arrives', async () => {
  server.mock.reply(hugeReply(hugeBytes));
  const body = JSON.stringify({ model: 'sonnet', stream: true, messages: [{ role: 'user', content: 'hi' }] });
  // A plain socket: `fetch` would read ahead by itself.
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  let letters = 0;
  let tail = '';
  let read = 0;
  const before = process.memoryUsage();
  let heapPeak = 0;
  socket.on('data', (bytes) => {
    read += bytes.length;
    const text = bytes.toString('latin1');
    letters += text.split('x').length - 1;
    tail = (tail + text).slice(-100);
  });
  await wait(1500);
  socket.pause();
  for (let round = 0; round < 30; round += 1) {
    socket.pause();
    await wait(100);
    const { heapUsed, external } = process.memoryUsage();
    heapPeak = Math.max(heapPeak, heapUsed + external - before.heapUsed - before.external);
  }
  const readWhilePaused = read;
  console.log({ heapPeak: heapPeak / mebibyte, readWhilePaused: read / mebibyte });
  socket.resume();
  await new Promise((resolve) => socket.once('close', resolve));
  expect(readWhilePaused).toBeLessThan(hugeBytes);
  expect(tail).toContain('data: [DONE]');
  expect(letters).toBeGreaterThanOrEqual(hugeBytes);
});
