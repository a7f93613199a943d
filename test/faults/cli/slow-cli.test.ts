import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { textReply } from '@claude-code-api/mock-anthropic';
import { answerOf } from '../../support/chat/answer-of.ts';
import { childProcesses } from '../../support/cli/child-processes.ts';
import { startLeakCheck, type LeakCheck } from '../../support/leak-check.ts';
import { readStream } from '../../support/chat/read-stream.ts';
import { startTestServer, type TestServer } from '../../support/servers/start-test-server.ts';

// A full name, for which no process is started that looks it up.
const hi = { model: 'claude-sonnet-5-5', messages: [{ role: 'user', content: 'hi' }] };
const again = [...hi.messages, { role: 'assistant', content: 'Hello world' }, { role: 'user', content: 'and now?' }];
const pieces = Array.from({ length: 100 }, (_, index) => `${index} `);

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

/** Lets all CLIs run for only a third of the time, from their start on, until `task` is done. */
async function slowly<Result>(task: Promise<Result>): Promise<Result> {
  const done = new AbortController();
  const stopping = (async (): Promise<number> => {
    let stops = 0;
    while (!done.signal.aborted) {
      const pids = childProcesses().map(({ pid }) => pid);
      for (const pid of pids) signal(pid, 'SIGSTOP');
      stops += pids.length;
      await wait(60);
      for (const pid of pids) signal(pid, 'SIGCONT');
      await wait(30);
    }
    return stops;
  })();
  try {
    return await task;
  } finally {
    done.abort();
    // How many depends on how quick it is else.
    expect(await stopping).toBeGreaterThan(2);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended in the meantime.
  }
}

test('a CLI that runs in fits and starts, from its own start on: all of the answer, once, in its order', async () => {
  server.mock.reply(textReply(pieces, { chunkDelayMs: 10 }));
  const stream = await slowly(server.chat({ ...hi, stream: true }).then(readStream));
  expect(stream).toMatchObject({ text: pieces.join(''), errors: [], finishReasons: ['stop'], isDone: true });
  expect(server.mock.messages()).toHaveLength(1);
});

test('a CLI that was slow goes on with its conversation', async () => {
  expect(await slowly(answerOf(server.chat(hi)))).toBe('Hello world');
  const [before, ...others] = childProcesses();
  expect(others).toEqual([]);
  expect(await answerOf(server.chat({ ...hi, messages: again }))).toBe('Hello world');
  expect(childProcesses().map(({ pid }) => pid)).toEqual([before?.pid]);
});
