import { setTimeout as sleep } from 'node:timers/promises';
import type { ClaudeRunner } from '@claude-code-api/gateway';
import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { steadyPace } from './stream-pace.ts';

const usage = { inputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0, cacheWriteHourTokens: 0, outputTokens: 1, reasoningTokens: 0 };
const { eventsEach, everyMs } = steadyPace;

/** A runner whose turns each say something at a steady pace from their beginning on; what is late is said at once. */
export function createSteadyRunner(): ClaudeRunner {
  return {
    ...createScriptedRunner({ keepTurns: false }),
    async *run(turn) {
      const begin = performance.now();
      yield { type: 'turn-start', model: turn.model, usage };
      yield { type: 'block-start', index: 0, block: { type: 'text' } };
      for (let sequence = 0; sequence < eventsEach; sequence += 1) {
        yield { type: 'text-delta', index: 0, text: ` word ${sequence}` };
        const earlyMs = begin + (sequence + 1) * everyMs - performance.now();
        if (earlyMs > 0) await sleep(earlyMs);
      }
      yield { type: 'block-end', index: 0 };
      yield { type: 'usage', usage };
      yield { type: 'turn-end', reason: 'end_turn' };
    },
  };
}
