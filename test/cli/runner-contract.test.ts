import { runnerContract } from '@claude-code-api/gateway/testing';
import { createCliRunner } from '@claude-code-api/node';
import { afterAll, afterEach, beforeAll, beforeEach, test } from 'vitest';
import { silentLogger } from '../support/silent-logger.ts';
import { startMockAnthropic, stallReply, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { newestCli } from '../support/cli/cli-versions.ts';
import { mockEnvironment } from '../support/cli/mock-environment.ts';
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

function create() {
  return createCliRunner({
    cli: newestCli,
    logger: silentLogger,
    environment: mockEnvironment(mock.url),
  });
}

function createSlow() {
  mock.replyWith(() => stallReply({ afterText: 'Well' }));
  return create();
}

for (const check of runnerContract({ create, createSlow })) test(check.name, check.run);
