import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { stallReply, textReply, type RecordedMessages } from '../mock-anthropic/index.ts';
import { isAlive } from '../support/child-processes.ts';
import { startLeakCheck, type LeakCheck } from '../support/leak-check.ts';
import { onlyChild } from '../support/only-child.ts';
import { readEvents, textOf, type StreamChunk } from '../support/read-events.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { until } from '../support/until.ts';

// The promise is 100 ms. On a shared machine a single try may be late through no fault of ours: the best of three counts, and
// none may take longer than a second.
const promisedMs = 100;
const hi = { model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] };

let leaks: LeakCheck;
let server: TestServer;
beforeAll(async () => {
  leaks = startLeakCheck();
  server = await startTestServer({ runner: { minIdle: 0, maxIdle: 0 } });
});
afterEach(() => server.mock.reset());
afterAll(async () => {
  await server.close();
  await leaks.finish();
});

/** Leaves three times, and gives how long after it each connection upstream was closed. */
async function leave(body: object, atMoment: (responding: Promise<Response>) => Promise<void>): Promise<number[]> {
  const delays: number[] = [];
  for (let tries = 0; tries < 3; tries += 1) {
    server.mock.reset();
    server.mock.replyWith(() => ('stream' in body && tries >= 0 ? streamed() : silent()));
    const caller = new AbortController();
    const responding = server.chat(body, { signal: caller.signal });
    // Leaving is not a failure of the test.
    responding.catch(() => {});
    await atMoment(responding);
    const { pid } = await onlyChild();
    const leftAt = performance.now();
    caller.abort();
    await until(() => upstream()?.closedEarlyAt !== undefined, 'the end of the connection upstream', 5000);
    delays.push((upstream()?.closedEarlyAt ?? Infinity) - leftAt);
    await until(() => !isAlive(pid), 'the end of the process', 5000);
  }
  return delays;
}

const streamed = () => stallReply({ afterText: 'Well' });
const silent = () => textReply('late', { delayMs: 30_000 });
const upstream = (): RecordedMessages | undefined => server.mock.messages()[0];

function expectPrompt(delays: readonly number[]): void {
  expect(Math.min(...delays), `closed after ${delays.map(Math.round).join(', ')} ms`).toBeLessThan(promisedMs);
  expect(Math.max(...delays)).toBeLessThan(1000);
}

test('gone in mid-stream', async () => {
  const delays = await leave({ ...hi, stream: true }, async (responding) => {
    const chunks: StreamChunk[] = [];
    for await (const chunk of readEvents(await responding)) {
      chunks.push(chunk);
      if (textOf(chunks) !== '') return;
    }
  });
  expectPrompt(delays);
});
