import type { ClaudeRunner } from '@claude-code-api/gateway';
import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { createPacedSource, type PacedListener } from './paced-source.ts';
import { streamBeginning } from './stream-pace.ts';

const usage = { inputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0, cacheWriteHourTokens: 0, outputTokens: 1, reasoningTokens: 0 };

/** A runner that answers at a steady pace, as a CLI does whose lines come whether they are read or not. The question is the stream's number. */
export function createPacedRunner(): ClaudeRunner {
  const join = createPacedSource();
  return {
    ...createScriptedRunner(),
    async *run(turn) {
      yield { type: 'turn-start', model: turn.model, usage };
      yield { type: 'block-start', index: 0, block: { type: 'text' } };
      // The head of the reply goes out with it: how long a stream takes to begin is not what is measured.
      yield { type: 'text-delta', index: 0, text: streamBeginning };
      const [question] = turn.messages.at(-1)?.content ?? [];
      const stream = question?.type === 'text' ? Number(question.text) : Number.NaN;
      for await (const text of textsOf(stream, join)) yield { type: 'text-delta', index: 0, text };
      yield { type: 'block-end', index: 0 };
      yield { type: 'usage', usage };
      yield { type: 'turn-end', reason: 'end_turn' };
    },
  };
}

async function* textsOf(stream: number, join: (listener: PacedListener) => void): AsyncGenerator<string, void, undefined> {
  const texts: string[] = [];
  let ended = false;
  let wake = (): void => {};
  join({
    stream,
    give(text) {
      texts.push(text);
      wake();
    },
    end() {
      ended = true;
      wake();
    },
  });
  for (;;) {
    for (let text = texts.shift(); text !== undefined; text = texts.shift()) yield text;
    if (ended) return;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}
