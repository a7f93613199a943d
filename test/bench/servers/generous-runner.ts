import type { ClaudeRunner } from '@claude-code-api/gateway';
import { createScriptedRunner } from '@claude-code-api/gateway/testing';

const usage = { inputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0, cacheWriteHourTokens: 0, outputTokens: 1, reasoningTokens: 0 };
const charactersEach = 10_000;
const deltasEach = 10_000;

/** A runner that gives 100 MB to each turn, as fast as they are taken; its health tells how many characters it has given in all. */
export function createGenerousRunner(): ClaudeRunner {
  let givenCharacters = 0;
  return {
    ...createScriptedRunner(),
    async *run(turn, signal) {
      yield { type: 'turn-start', model: turn.model, usage };
      yield { type: 'block-start', index: 0, block: { type: 'text' } };
      for (let delta = 0; delta < deltasEach; delta += 1) {
        signal.throwIfAborted();
        givenCharacters += charactersEach;
        // A string of its own each time, as those are that come from a CLI.
        yield { type: 'text-delta', index: 0, text: Buffer.alloc(charactersEach, 'slow').toString('latin1') };
        // Lets others have their turn, as what comes from a CLI does.
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      }
      yield { type: 'block-end', index: 0 };
      yield { type: 'usage', usage };
      yield { type: 'turn-end', reason: 'end_turn' };
    },
    health: async () => ({ healthy: true, details: { givenCharacters } }),
  };
}
