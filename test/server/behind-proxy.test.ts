import { afterEach, beforeEach, expect, test } from 'vitest';
import { startMockAnthropic, textReply, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { newestCli } from '../support/cli/cli-versions.ts';
import { freePort } from '../support/servers/free-port.ts';
import { toBlocks } from '../support/chat/last-messages.ts';
import { readStream } from '../support/chat/read-stream.ts';
import { noIdle } from '../support/servers/no-idle.ts';
import { createCommandPlace, type CommandPlace, type ServingCommand } from '../support/servers/start-command.ts';
import { startProxy, type Proxy } from '../support/servers/start-proxy.ts';

const callers = 3;
const restartsEach = 1;

let mock: MockAnthropic;
let place: CommandPlace;
let proxy: Proxy | undefined;
beforeEach(async () => {
  mock = await startMockAnthropic();
  place = createCommandPlace(mock.url);
}, 120_000);
afterEach(async () => {
  await proxy?.close();
  await place.remove();
  await mock.close();
});

/** Slow enough that restarts come in the middle, and never the same twice. */
function answerTo(question: string): string[] {
  return ['The ', 'answer ', 'to ', `"${question}" `, 'is: ', `${question.length}`];
}

test('servers that restart in turn, under load, lose no answer', { timeout: 300_000, retry: 0 }, async () => {
  mock.replyWith(({ body }) => textReply(answerTo(String(toBlocks(body.messages.at(-1)).at(-1)?.text)), { chunkDelayMs: 200 }));
  const ports = [await freePort(), await freePort()];
  // One of them with the CLI, the other without.
  const runners = [[`--claude.command=${newestCli.path}`, ...noIdle], ['--claude.runner=api']];
  const start = (index: number): Promise<ServingCommand> =>
    place.serve([`--server.port=${ports[index] ?? 0}`, '--log.level=warn', ...(runners[index] ?? [])]);
  const servers = await Promise.all([0, 1].map(start));
  proxy = await startProxy(servers.map(({ url }) => url));
  const { url, passedOn: reasons } = proxy;
  const passedOn = (): number => [...reasons.values()].reduce((sum, count) => sum + count, 0);
  const state = { isOver: false };
  let answered = 0;

  async function ask(question: string, stream: boolean): Promise<void> {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      // An alias would have a process list the models.
      body: JSON.stringify({ model: 'claude-sonnet-5-5', stream, messages: [{ role: 'user', content: question }] }),
    });
    expect(response.status, `${question}: ${response.status === 200 ? '' : await response.text()}`).toBe(200);
    const text = answerTo(question).join('');
    if (stream) expect(await readStream(response)).toMatchObject({ text, errors: [], finishReasons: ['stop'], isDone: true });
    else expect(await response.json()).toMatchObject({ choices: [{ message: { content: text }, finish_reason: 'stop' }] });
    answered += 1;
  }

  const load = Array.from({ length: callers }, async (_, caller) => {
    for (let round = 0; !state.isOver; round += 1) await ask(`question ${round} of caller ${caller}`, (round + caller) % 2 === 0);
  });
  const loaded = Promise.all(load);
  const restarts = (async () => {
    try {
      for (let restart = 0; restart < restartsEach * ports.length; restart += 1) {
        const index = restart % ports.length;
        const before = answered;
        await expect.poll(() => answered, { timeout: 30_000 }).toBeGreaterThan(before + callers);
        servers[index]?.child.kill('SIGTERM');
        expect(await servers[index]?.ended).toBe(0);
        // It is noticed, or the load were none.
        await expect.poll(passedOn, { timeout: 30_000 }).toBeGreaterThan(restart);
        servers[index] = await start(index);
      }
    } finally {
      state.isOver = true;
    }
  })();
  await Promise.all([restarts, loaded]);
  expect([...reasons.keys()].filter((why) => !['503', 'ECONNREFUSED', 'ECONNRESET'].includes(why))).toEqual([]);
  // What was passed on had not been begun.
  expect(mock.messages()).toHaveLength(answered);
  console.log(`${answered} answers, passed on: ${JSON.stringify([...reasons])}, asked ${mock.messages().length} times`);
});
