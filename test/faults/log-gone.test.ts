import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startMockAnthropic, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { newestCli } from '../support/cli/cli-versions.ts';
import { noIdle } from '../support/servers/no-idle.ts';
import { createCommandPlace, type CommandPlace, type ServingCommand } from '../support/servers/start-command.ts';

let mock: MockAnthropic;
let place: CommandPlace;
let command: ServingCommand;
beforeEach(async () => {
  mock = await startMockAnthropic();
  place = createCommandPlace(mock.url);
  command = await place.serve(['--server.port=0', '--log.level=debug', `--claude.command=${newestCli.path}`, ...noIdle]);
}, 120_000);
afterEach(async () => {
  await place.remove();
  await mock.close();
});

/** Makes it write at least as many lines. */
async function logLines(count: number): Promise<void> {
  for (let done = 0; done < count; done += 50) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => fetch(`${command.url}/no-such-path-${'x'.repeat(500)}`)));
    for (const answer of answers) {
      await answer.text();
      expect(answer.status).toBe(404);
    }
  }
}

async function expectAnswerAndEnd(): Promise<void> {
  const response = await fetch(`${command.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] }),
  });
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello world' } }] });
  command.child.kill('SIGTERM');
  expect(await command.ended).toBe(0);
}

test('whoever read the log and the output has gone', async () => {
  const { stdout, stderr } = command.child;
  for (const stream of [stdout, stderr]) {
    stream?.destroy();
    if (stream) await once(stream, 'close');
  }
  await logLines(100);
  await expectAnswerAndEnd();
});

test('whoever reads the log has stopped to', async () => {
  command.child.stderr?.pause();
  // More than a pipe and this process hold for it.
  await logLines(1500);
  await expectAnswerAndEnd();
});
