import type { ClaudeRunner } from '@claude-code-api/gateway';
import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { briskPace } from './stream-pace.ts';

const usage = { inputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0, cacheWriteHourTokens: 0, outputTokens: 1, reasoningTokens: 0 };

/** A runner that gives each event as soon as it is asked for. */
export function createBriskRunner(): ClaudeRunner {
  return {
    ...createScriptedRunner(),
    async *run(turn) {
      yield { type: 'turn-start', model: turn.model, usage };
      yield { type: 'block-start', index: 0, block: { type: 'text' } };
      for await (const text of briskTexts()) yield { type: 'text-delta', index: 0, text };
      yield { type: 'block-end', index: 0 };
      yield { type: 'usage', usage };
      yield { type: 'turn-end', reason: 'end_turn' };
    },
  };
}

/** The texts of one stream. */
export async function* briskTexts(): AsyncGenerator<string, undefined> {
  for (let sequence = 0; sequence < briskPace.eventsEach; sequence += 1) yield ` word ${sequence}`;
}
