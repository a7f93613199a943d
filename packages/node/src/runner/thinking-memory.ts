import type { ContentBlock, Message } from '@claude-code-api/gateway';
import type { PreparedTurn } from './prepare-turn.ts';

export interface ThinkingMemory {
  /** Keeps an answer that thought before it called a tool. */
  keep(answer: readonly ContentBlock[]): void;
  /**
   * Puts the thinking back in front of the calls that it led to. Where it is not known, and results are due, the turn goes
   * on without thinking: the API would refuse it.
   */
  restore(turn: PreparedTurn): PreparedTurn;
}

const maxAnswers = 500;
const maxCharacters = 8_000_000;

/**
 * Remembers what Claude thought before its calls. Callers can't: their wire format has no place for it; and the API wants
 * it back when the results come.
 */
export function createThinkingMemory(): ThinkingMemory {
  const answers = new Map<string, { readonly answer: readonly ContentBlock[]; readonly characters: number }>();
  let characters = 0;

  function forgetOldest(): void {
    const [oldest] = answers.keys();
    if (oldest === undefined) return;
    characters -= answers.get(oldest)?.characters ?? 0;
    answers.delete(oldest);
  }

  return {
    keep(answer) {
      const call = answer.find((block) => block.type === 'tool_use');
      if (call === undefined || !answer.some(isThinking)) return;
      const size = JSON.stringify(answer).length;
      answers.set(call.id, { answer, characters: size });
      characters += size;
      while (answers.size > maxAnswers || characters > maxCharacters) forgetOldest();
    },

    restore(turn) {
      if (turn.thinking.type === 'off') return turn;
      const messages = turn.messages.map((message) => {
        const call = message.content.find((block) => block.type === 'tool_use');
        const thought = call === undefined ? undefined : answers.get(call.id)?.answer.filter(isThinking);
        return thought === undefined ? message : { ...message, content: [...thought, ...message.content] };
      });
      return lacksThinking(messages) ? { ...turn, thinking: { type: 'off' } } : { ...turn, messages };
    },
  };
}

/** Whether an answer that called tools, and now waits for their results, has lost its thinking. */
function lacksThinking(messages: readonly Message[]): boolean {
  const asked = messages.at(-1)?.content.some((block) => block.type === 'tool_result') === true;
  return asked && messages.at(-2)?.content.some(isThinking) === false;
}

function isThinking(block: ContentBlock): boolean {
  return block.type === 'thinking' || block.type === 'redacted_thinking';
}
