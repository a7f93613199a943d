import type { ContentBlock, Turn } from '@claude-code-api/gateway';

/** An empty user line asks the model to go on from the history as it is: so an assistant's message at the end stays one. */
export function lastUserContent(turn: Turn): readonly ContentBlock[] {
  const last = turn.messages.at(-1);
  return last?.role === 'user' ? last.content : [];
}
