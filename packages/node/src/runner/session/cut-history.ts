import type { Message } from '@claude-code-api/gateway';
import type { PreparedTurn } from '../request/prepare-turn.ts';

/**
 * Leaves at most so many of the newest messages before a turn's last. What remains begins with a question, so that no call is
 * parted from its result; and all that belongs to the turn under way remains, even where that is more.
 */
export function cutHistory(turn: PreparedTurn, maxMessages: number): PreparedTurn {
  const earliest = turn.messages.length - 1 - maxMessages;
  if (earliest <= 0) return turn;
  const fitting = turn.messages.findIndex((message, index) => index >= earliest && isQuestion(message));
  const start = fitting === -1 ? turn.messages.findLastIndex(isQuestion) : fitting;
  return start <= 0 ? turn : { ...turn, messages: turn.messages.slice(start) };
}

function isQuestion(message: Message): boolean {
  return message.role === 'user' && message.content.every((block) => block.type !== 'tool_result');
}
