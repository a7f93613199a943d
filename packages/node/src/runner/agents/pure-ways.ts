import { toFlagSettings } from '../request/to-flag-settings.ts';
import { toSystemPrompt } from '../request/to-system-prompt.ts';
import { createTurnReader, type TurnReaderOptions } from '../response/turn-reader.ts';
import type { SessionWays } from '../session/session-ways.ts';

/** How a process is the pure model: it answers, and does nothing else. */
export function pureWays(options: Pick<TurnReaderOptions, 'priceOf' | 'cliRetries'>): SessionWays {
  return {
    hasOwnTools: false,
    singleTurn: false,
    initialize(turn) {
      const system = toSystemPrompt(turn.system);
      return { systemPrompt: system === '' ? [] : [system] };
    },
    settings: async (turn) => toFlagSettings(turn),
    prepare: async () => {},
    answer: () => undefined,
    onInit: () => undefined,
    read: (turn, spending) =>
      createTurnReader({
        ...options,
        model: turn.model,
        toolNames: new Set(turn.tools.map((tool) => tool.name)),
        answerTool: turn.answerTool,
        onUsage: spending && ((usage, costUsd) => spending.used(usage, costUsd)),
      }),
  };
}
