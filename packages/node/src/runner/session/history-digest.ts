import { hash } from 'node:crypto';
import type { ContentBlock, Message, Turn } from '@claude-code-api/gateway';
import { identifyingMessage, systemText } from '@claude-code-api/gateway/runner-kit';

export interface HistoryDigests {
  /** Of everything before the turn's last message; undefined when there is nothing to continue. */
  readonly before: string | undefined;
  /** Of the whole history once `answer` has been added to it. */
  after(answer: readonly ContentBlock[]): string;
}

/**
 * Digests of a conversation: equal only for the same tenant, model, system prompt, tools and messages, block for block. A
 * process whose history has a digest may serve whoever asks with a history of the same digest. `scope` is what else must be equal.
 */
export function digestHistory(turn: Turn, scope: readonly string[] = []): HistoryDigests {
  const head = JSON.stringify([turn.tenant, turn.model, systemText(turn.system), turn.tools, ...scope]);
  const digests = turn.messageDigests ?? turn.messages.map(digestOf);
  const isFollowUp = turn.messages.length > 1 && turn.messages.at(-1)?.role === 'user';
  return {
    before: isFollowUp ? hash('sha256', head + digests.slice(0, -1).join(''), 'base64') : undefined,
    after: (answer) => hash('sha256', head + digests.join('') + digestOf({ role: 'assistant', content: answer }), 'base64'),
  };
}

function digestOf(message: Message): string {
  return hash('sha256', JSON.stringify(identifyingMessage(message)));
}
