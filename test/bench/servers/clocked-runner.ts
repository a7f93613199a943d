import { setTimeout as sleep } from 'node:timers/promises';
import type { ClaudeRunner } from '@claude-code-api/gateway';
import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { sharedClock } from './shared-clock.ts';

const usage = { inputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0, cacheWriteHourTokens: 0, outputTokens: 1, reasoningTokens: 0 };
const deltas = 60;
const everyMs = 5;

/** A runner whose answers say when each of their pieces was given, one piece after another. */
export function createClockedRunner(): ClaudeRunner {
  return {
    ...createScriptedRunner({ keepTurns: false }),
    async *run(turn) {
      yield { type: 'turn-start', model: turn.model, usage };
      yield { type: 'block-start', index: 0, block: { type: 'text' } };
      for (let count = 0; count < deltas; count += 1) {
        yield { type: 'text-delta', index: 0, text: `${sharedClock().toFixed(3)} ` };
        await sleep(everyMs);
      }
      yield { type: 'block-end', index: 0 };
      yield { type: 'usage', usage };
      yield { type: 'turn-end', reason: 'end_turn' };
    },
  };
}
