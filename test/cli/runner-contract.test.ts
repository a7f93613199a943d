import { runnerContract } from '@claude-code-api/gateway/testing';
import type { ClaudeRunner } from '@claude-code-api/gateway';
import { createRemoteRunner } from '@claude-code-api/gateway/remote-runner';
import { createCliRunner } from '@claude-code-api/node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest';
import { silentLogger } from '../support/silent-logger.ts';
import { startMockAnthropic, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { failingReply, sampleReply, slowReply } from '../support/sample-replies.ts';
import { newestCli } from '../support/cli/cli-versions.ts';
import { mockEnvironment } from '../support/cli/mock-environment.ts';
import { startTestMachine } from '../support/servers/start-test-machine.ts';
import { startLeakCheck, type LeakCheck } from '../support/leak-check.ts';

let mock: MockAnthropic;
let leaks: LeakCheck;
beforeAll(async () => {
  mock = await startMockAnthropic();
});
beforeEach(() => {
  leaks = startLeakCheck();
  mock.reset();
});
afterEach(() => leaks.finish());
afterAll(() => mock.close());

const createCli = (): ClaudeRunner => {
  const environment = mockEnvironment(mock.url);
  return createCliRunner({ cli: newestCli, logger: silentLogger, environment, processes: { minIdle: 0, maxIdle: 0 } });
};

/** A machine with the real CLI, and what runs turns there. */
async function createRemote(): Promise<ClaudeRunner> {
  const machine = await startTestMachine({ mockUrl: mock.url });
  const runner = createRemoteRunner({ machines: [machine.url], token: machine.token, logger: silentLogger });
  return {
    ...runner,
    async close() {
      await runner.close();
      await machine.close();
    },
  };
}

describe.each<[string, () => ClaudeRunner | Promise<ClaudeRunner>]>([
  ['the CLI of this machine', createCli],
  ['the CLI of another machine', createRemote],
])('%s', (_, create) => {
  const prepared =
    <Given extends readonly unknown[]>(prepare: (...given: Given) => void) =>
    (...given: Given): ClaudeRunner | Promise<ClaudeRunner> => {
      prepare(...given);
      return create();
    };
  const checks = runnerContract({
    create,
    createSlow: prepared(() => mock.replyWith(() => slowReply)),
    createSaying: prepared((sample) => mock.replyWith(() => sampleReply(sample))),
    createFailing: prepared((when) => mock.replyWith(() => failingReply(when))),
  });
  for (const check of checks) test(check.name, check.run);
});
