import { foldTurn } from '@claude-code-api/gateway/runner-kit';
import { inBlocks, runnerContract, sampleUsage, type SampleTurn } from '@claude-code-api/gateway/testing';
import type { ClaudeRunner } from '@claude-code-api/gateway';
import { createRemoteRunner } from '@claude-code-api/gateway/remote-runner';
import { createCliRunner } from '@claude-code-api/node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest';
import { silentLogger } from '../support/silent-logger.ts';
import {
  errorReply,
  messageReply,
  redactedThinkingBlock,
  stallReply,
  startMockAnthropic,
  streamErrorReply,
  type MockAnthropic,
  type ReplyBlock,
} from '@claude-code-api/mock-anthropic';
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

const createCli = (): ClaudeRunner => createCliRunner({ cli: newestCli, logger: silentLogger, environment: mockEnvironment(mock.url) });

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

/** The blocks of a sample, as the API says them. */
function toBlocks({ says }: SampleTurn): ReplyBlock[] {
  return foldTurn(inBlocks(says)).answer.blocks.map(({ started, text, signature }): ReplyBlock => {
    switch (started.type) {
      case 'text':
        return { type: 'text', chunks: [text] };
      case 'thinking':
        return { type: 'thinking', chunks: [text], signature };
      case 'redacted_thinking':
        return redactedThinkingBlock(started.data);
      case 'tool_use':
        return { ...started, input: JSON.parse(text || '{}') as unknown, chunks: [text] };
      default:
        throw new Error(`No sample has a block of the type ${started.type}.`);
    }
  });
}

function say(sample: SampleTurn): void {
  const { reason = 'end_turn', stopSequence, refusal } = sample.end ?? {};
  mock.replyWith(() =>
    messageReply(toBlocks(sample), {
      stopReason: reason,
      ...(stopSequence !== undefined && { stopSequence }),
      ...(refusal !== undefined && { stopDetails: { type: 'refusal', category: null, explanation: refusal } }),
      usage: {
        input_tokens: sampleUsage.inputTokens,
        cache_read_input_tokens: sampleUsage.cacheReadTokens,
        cache_creation_input_tokens: sampleUsage.cacheWriteTokens,
        output_tokens: sampleUsage.outputTokens,
      },
    }),
  );
}

function fail(when: 'before' | 'within'): void {
  mock.replyWith(() =>
    when === 'before' ? errorReply(400, 'invalid_request_error', 'No.') : streamErrorReply('Well', 'overloaded_error', 'Overloaded'),
  );
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
    createSlow: prepared(() => mock.replyWith(() => stallReply({ afterText: 'Well' }))),
    createSaying: prepared(say),
    createFailing: prepared(fail),
  });
  for (const check of checks) test(check.name, check.run);
});
