import { afterEach, beforeEach, expect, test } from 'vitest';
import { childProcesses, isAlive } from '../../support/cli/child-processes.ts';
import { createFakeCli, type FakeCli, type FakeCliOptions } from '../../support/cli/create-fake-cli.ts';
import { startLeakCheck, type LeakCheck } from '../../support/leak-check.ts';
import { readEvents, textOf, type StreamChunk } from '../../support/chat/read-events.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../../support/servers/start-test-server.ts';
import { until } from '../../support/until.ts';

// A full name: it is not looked up among those that the CLI lists, for which another process would be started.
const hi = { model: 'claude-fake', messages: [{ role: 'user', content: 'hi' }] };
const noPool = { minIdle: 0, maxIdle: 0 };
const mebibyte = 1024 * 1024;

let leaks: LeakCheck;
let cli: FakeCli;
let server: TestServer;
beforeEach(() => {
  leaks = startLeakCheck();
});
afterEach(async () => {
  await server.close();
  cli.remove();
  await leaks.finish();
});

async function start(fake: FakeCliOptions, options: TestServerOptions = {}): Promise<void> {
  cli = createFakeCli(fake);
  server = await startTestServer({ ...options, cli, runner: { ...noPool, ...options.runner } });
}

async function expectUnavailable(response: Response): Promise<void> {
  const text = await response.text();
  expect(response.status, `status of ${text}`).toBe(503);
  expect(JSON.parse(text)).toMatchObject({ error: { type: 'server_error', code: 'claude_unavailable', param: null } });
  // What exactly is wrong is the operator's to know.
  expect(text).not.toContain(cli.path);
  await until(() => childProcesses().length === 0, 'the end of the processes');
}

function peakOf(readMemory: () => number): { readonly growth: () => number } {
  const before = readMemory();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, readMemory());
  }, 5);
  return {
    growth() {
      clearInterval(timer);
      return Math.max(peak, readMemory()) - before;
    },
  };
}

test('the fake CLI is served like a real one', async () => {
  await start({});
  const response = await server.chat(hi);
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello world' } }] });
});

test.each([
  ['text', "process.stdout.write('Segmentation fault\\n');"],
  ['JSON that is no object', "process.stdout.write('[1]\\n42\\n');"],
  ['binary', 'process.stdout.write(Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a]));'],
])('garbage lines (%s) before the first event: an error after the second try', async (_, onUser) => {
  await start({ onUser });
  await expectUnavailable(await server.chat(hi));
  expect(server.log.filter(({ message }) => message === 'the CLI wrote something that is not its protocol')).toHaveLength(2);
});

test('garbage lines in mid-stream: an error in the stream', async () => {
  await start({ onUser: "begin(); say('Well'); process.stdout.write('{\"type\": \\n');" });
  const chunks: StreamChunk[] = [];
  for await (const chunk of readEvents(await server.chat({ ...hi, stream: true }))) chunks.push(chunk);
  expect(textOf(chunks)).toBe('Well');
  expect(chunks.at(-1)?.error).toMatchObject({ type: 'server_error', code: 'upstream_error' });
  await until(() => childProcesses().length === 0, 'the end of the process');
});

test('lines of unknown kinds are passed over', async () => {
  await start({
    onUser: "write({ type: 'news' }); begin(); event({ type: 'ping' }); say('Fine'); write({ type: 'system', subtype: 'x' }); end();",
  });
  expect(await (await server.chat(hi)).json()).toMatchObject({ choices: [{ message: { content: 'Fine' } }] });
});

test('a line of 100 MB without an end: an error, and no more of it in memory than the limit', async () => {
  await start(
    { onUser: "begin(); say('Well'); process.stdout.write('x'.repeat(100 * 1024 * 1024));" },
    { runner: { maxLineBytes: 16 * mebibyte } },
  );
  const memory = peakOf(() => process.memoryUsage().external);
  const response = await server.chat(hi);
  expect(memory.growth()).toBeLessThan(48 * mebibyte);
  expect(response.status).toBe(502);
  expect(await response.json()).toMatchObject({ error: { code: 'upstream_error' } });
  await until(() => childProcesses().length === 0, 'the end of the process');
});

test('a line of 100 MB is over the limit that holds by default', async () => {
  await start({ onUser: "process.stdout.write('x'.repeat(100 * 1024 * 1024));" });
  await expectUnavailable(await server.chat(hi));
});

test('a flood on standard error is dropped, and the answer comes', async () => {
  const flood = "const block = 'e'.repeat(1024 * 1024); for (let n = 0; n < 200; n += 1) require('node:fs').writeSync(2, block);";
  await start({ onUser: `${flood} begin(); say('Dry'); end();` });
  const memory = peakOf(() => process.memoryUsage().rss);
  const response = await server.chat(hi);
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Dry' } }] });
  expect(memory.growth()).toBeLessThan(100 * mebibyte);
});

test('a CLI that exits at its start: an error, and the health says so', async () => {
  await start({ onStart: "console.error('no libc'); process.exit(3);" }, { runner: { minIdle: 1, maxIdle: 1 } });
  await until(() => server.log.some(({ message }) => message === 'a waiting CLI failed to start'), 'the warning in the log');
  const health = await fetch(`${server.url}/health`);
  expect(health.status).toBe(503);
  expect(await health.json()).toMatchObject({ status: 'unavailable', problem: expect.stringContaining('does not start') });
  const response = await server.chat(hi);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ error: { code: 'claude_unavailable' } });
});

test('a CLI that exits at its start is not started again and again without a pause', async () => {
  await start({ onStart: 'process.exit(3);' }, { runner: { minIdle: 1, maxIdle: 1 } });
  const failures = (): number => server.log.filter(({ message }) => message === 'a waiting CLI failed to start').length;
  await until(() => failures() >= 2, 'two failures');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(failures()).toBeLessThanOrEqual(3);
});

test('a CLI that never answers: an error after the time limit for the start, twice', async () => {
  await start({ answersControl: false }, { runner: { startTimeoutMs: 500 } });
  const begin = performance.now();
  await expectUnavailable(await server.chat(hi));
  expect(performance.now() - begin).toBeGreaterThan(900);
});

test('a CLI that never answers, and a caller who leaves: the process goes at once', async () => {
  await start({ answersControl: false });
  const caller = new AbortController();
  const responding = server.chat(hi, { signal: caller.signal });
  await until(() => childProcesses().length === 1, 'the process');
  caller.abort();
  await expect(responding).rejects.toThrow(/abort/);
  await until(() => childProcesses().length === 0, 'the end of the process');
});

test('a CLI that ignores SIGTERM and has a child of its own: both are gone after the caller', async () => {
  await start({
    onStart: `process.on('SIGTERM', () => {});
      require('node:child_process').spawn('sleep', ['60'], { stdio: 'inherit' });`,
    onUser: "begin(); say('Well');",
  });
  const caller = new AbortController();
  const response = await server.chat({ ...hi, stream: true }, { signal: caller.signal });
  await response.body?.getReader().read();
  const [child] = childProcesses();
  const [grandchild] = childProcesses(child?.pid);
  expect(grandchild?.command).toBe('sleep 60');
  caller.abort();
  await until(() => !isAlive(child?.pid ?? 0) && !isAlive(grandchild?.pid ?? 0), 'the end of both');
});

test('a CLI whose child keeps its pipes open after its own end does not keep the turn', async () => {
  await start({
    onUser: `require('node:child_process').spawn('sleep', ['60'], { stdio: 'inherit' });
      begin(); say('Well'); setTimeout(() => process.exit(1), 100);`,
  });
  const begin = performance.now();
  const response = await server.chat(hi);
  expect(response.status).toBe(502);
  // Long before its child ends.
  expect(performance.now() - begin).toBeLessThan(30_000);
});

test('a CLI that does not end its turn after its answer: the answer is out, and the follow-up gets another process', async () => {
  await start(
    { onUser: "begin(); say('Hello world'); event({ type: 'message_delta', delta: { stop_reason: 'end_turn' } });" },
    { runner: { startTimeoutMs: 3000 } },
  );
  const first = await server.chat(hi);
  expect(await first.json()).toMatchObject({ choices: [{ message: { content: 'Hello world' } }] });
  const [before] = childProcesses();
  const history = [...hi.messages, { role: 'assistant', content: 'Hello world' }, { role: 'user', content: 'and now?' }];
  const followUp = await server.chat({ ...hi, messages: history });
  // This CLI does not acknowledge earlier messages either, so that what counts here is that there is an end to it.
  expect(followUp.status).toBe(503);
  expect(isAlive(before?.pid ?? 0)).toBe(false);
});
