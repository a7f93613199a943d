import type { Turn } from '@claude-code-api/gateway';
import { createCliRunner, type CliRunner } from '@claude-code-api/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startMockAnthropic, textReply, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { agentProfileOf } from '../support/servers/agent-profile-of.ts';
import { childProcesses } from '../support/cli/child-processes.ts';
import { newestCli } from '../support/cli/cli-versions.ts';
import { mockEnvironment } from '../support/cli/mock-environment.ts';
import { silentLogger } from '../support/silent-logger.ts';
import { until } from '../support/until.ts';

let mock: MockAnthropic;
let runner: CliRunner;
beforeEach(async () => {
  mock = await startMockAnthropic();
  const profiles = { agent: agentProfileOf({ tools: ['Read'] }) };
  const environment = mockEnvironment(mock.url);
  runner = createCliRunner({ cli: newestCli, environment, logger: silentLogger, processes: { minIdle: 0, maxIdle: 0 }, profiles });
});
afterEach(async () => {
  await runner.close();
  await mock.close();
});

const isLive = async (): Promise<number> => (await runner.health()).details.processes.live;

// The CLI has ended its turn, and the reader, who was slow, leaves before having read of that.
test.each([undefined, 'agent'])(
  'who leaves before the end that is there already leaves no process that is nobody’s: %s',
  async (profile) => {
    const turn: Turn = {
      ...{ model: 'sonnet', system: [], tools: [], sampling: {}, thinking: { type: 'off' }, tenant: '' },
      messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
      ...(profile !== undefined && { profile }),
    };
    mock.reply(textReply(['Hello', ' world']));
    const events = runner.run(turn, new AbortController().signal)[Symbol.asyncIterator]();
    const first = await events.next();
    expect(first.value).toMatchObject({ type: 'turn-start' });
    await until(() => mock.messages().length === 1, 'the request upstream');
    // The rest comes of itself; nothing tells from outside when it is there.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await events.return?.();
    await until(() => childProcesses().length === 0, 'the end of the process');
    expect(await isLive()).toBe(0);
  },
);
