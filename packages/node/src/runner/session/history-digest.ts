import { createHash, type Hash } from 'node:crypto';
import type { ContentBlock, Turn } from '@claude-code-api/gateway';
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
  const hash = createHash('sha256');
  add(hash, [turn.tenant, turn.model, systemText(turn.system), turn.tools, ...scope]);
  const last = turn.messages.at(-1);
  for (const message of turn.messages.slice(0, -1)) add(hash, identifyingMessage(message));
  const before = turn.messages.length > 1 && last?.role === 'user' ? hash.copy().digest('base64') : undefined;
  if (last !== undefined) add(hash, identifyingMessage(last));
  return {
    before,
    after(answer) {
      add(hash, identifyingMessage({ role: 'assistant', content: answer }));
      return hash.digest('base64');
    },
  };
}

/** JSON has no unescaped line feed, so what follows another can't be mistaken for a part of it. */
function add(hash: Hash, value: unknown): void {
  hash.update(JSON.stringify(value)).update('\n');
}
