import type { ContentBlock, Message } from '@claude-code-api/gateway';
import { bareId, canonicalMessage, isThinking, saysSomething } from '@claude-code-api/gateway/runner-kit';
import type { PreparedTurn } from '@claude-code-api/gateway/messages-api';

export interface ThinkingMemory {
  /** Keeps what a turn that could think has answered, and in whose name, if it called tools. */
  keep(turn: PreparedTurn, answer: Answer): void;
  /**
   * Puts the thinking back in front of the calls that it led to, unless the turn brings it. Where it is not known, and results
   * are due, the turn goes on without thinking: the API would refuse it.
   */
  restore(turn: PreparedTurn): PreparedTurn;
}

interface Answer {
  readonly content: readonly ContentBlock[];
  /** As the API names it. */
  readonly model: string;
}

interface KeptAnswer extends Answer {
  /** As it was asked for. */
  readonly asked: string;
  readonly characters: number;
}

const maxAnswers = 500;
const maxCharacters = 8_000_000;

/**
 * Remembers what Claude thought before its calls. Callers of chat completions can't: their wire format has no place for it; and
 * the API wants it back when the results come.
 */
export function createThinkingMemory(): ThinkingMemory {
  const answers = new Map<string, KeptAnswer>();
  let characters = 0;

  function forget(id: string): void {
    characters -= answers.get(id)?.characters ?? 0;
    answers.delete(id);
  }

  function recall(message: Message): KeptAnswer | undefined {
    const id = firstCallOf(message.content);
    return id === undefined ? undefined : answers.get(id);
  }

  return {
    keep(turn, answer) {
      const id = firstCallOf(answer.content);
      if (id === undefined || (turn.thinking?.type === 'off' && !answer.content.some(isThinking))) return;
      forget(id);
      const size = JSON.stringify(answer.content).length;
      answers.set(id, { ...answer, asked: turn.model, characters: size });
      characters += size;
      for (const oldest of answers.keys()) {
        if (answers.size <= maxAnswers && characters <= maxCharacters) return;
        forget(oldest);
      }
    },

    restore(turn) {
      const waiting = waitingAnswers(turn.messages);
      const lost = waiting.some((message, index) => recall(message)?.asked !== turn.model && !isTold(waiting, index));
      if (lost && turn.thinking?.type !== 'off') return withoutThinking(turn);
      const messages = turn.messages.map((message) => {
        const answer = message.content.some(isThinking) ? undefined : recall(message);
        return answer?.content.some(isThinking) === true ? withThinking(message, answer) : message;
      });
      return { ...turn, messages };
    },
  };
}

/** A turn in which the model does not think. A model that is told so takes no effort above `high`. */
function withoutThinking({ effort, ...turn }: PreparedTurn): PreparedTurn {
  const isTooHigh = turn.tellThinkingOff === true && (effort === 'xhigh' || effort === 'max');
  return { ...turn, thinking: { type: 'off' }, ...(effort !== undefined && { effort: isTooHigh ? 'high' : effort }) };
}

/** The answers that belong to the turn under way: each called tools, and the results are all that came since. */
function waitingAnswers(messages: readonly Message[]): Message[] {
  const isResult = (message: Message): boolean => message.content.some((block) => block.type === 'tool_result');
  const question = messages.findLastIndex((message) => message.role === 'user' && !isResult(message));
  return messages.at(-1)?.role === 'user' ? messages.slice(question + 1).filter((message) => message.role === 'assistant') : [];
}

/** Whether the answer holds what was thought, or, named as to its model, follows one that does and so is known not to have thought. */
function isTold(answers: readonly Message[], index: number): boolean {
  const [answer] = answers.slice(index);
  if (answer?.model === undefined) return false;
  return answers.slice(0, index + 1).some(({ content }) => content.some(isThinking));
}

/** The answer as it was, or, where the caller has edited it, with the thinking before the rest. */
function withThinking(message: Message, { content, model }: Answer): Message {
  const isUnchanged = JSON.stringify(canonicalMessage(message)) === JSON.stringify(canonicalMessage({ role: 'assistant', content }));
  return {
    role: 'assistant',
    content: isUnchanged ? content.filter(saysSomething) : [...content.filter(isThinking), ...message.content],
    model,
  };
}

function firstCallOf(content: readonly ContentBlock[]): string | undefined {
  const call = content.find((block) => block.type === 'tool_use');
  return call && bareId(call.id);
}
