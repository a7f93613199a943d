import { createHash, type Hash } from 'node:crypto';
import type { ContentBlock, Message, Turn } from '@claude-code-api/gateway';

export interface HistoryDigests {
  /** Of everything before the turn's last message; undefined when there is nothing to continue. */
  readonly before: string | undefined;
  /** Of the whole history once `answer` has been added to it. */
  after(answer: readonly ContentBlock[]): string;
}

/**
 * Digests of a conversation: equal only for the same tenant, model, system prompt, tools and messages, block for block. A
 * process whose history has a digest may serve whoever asks with a history of the same digest.
 */
export function digestHistory(turn: Turn): HistoryDigests {
  const hash = createHash('sha256');
  add(hash, [turn.tenant, turn.model, turn.system, turn.tools]);
  const last = turn.messages.at(-1);
  for (const message of turn.messages.slice(0, -1)) add(hash, canonical(message));
  const before = turn.messages.length > 1 && last?.role === 'user' ? hash.copy().digest('base64') : undefined;
  if (last !== undefined) add(hash, canonical(last));
  return {
    before,
    after(answer) {
      add(hash, canonical({ role: 'assistant', content: answer }));
      return hash.digest('base64');
    },
  };
}

/** JSON has no unescaped line feed, so what follows another can't be mistaken for a part of it. */
function add(hash: Hash, value: unknown): void {
  hash.update(JSON.stringify(value)).update('\n');
}

/**
 * A caller gets an answer as one text and its calls, however many blocks it had, and without the thinking; and it may
 * write the arguments of a call anew.
 */
function canonical(message: Message): unknown {
  if (message.role === 'user') return message;
  const text = message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  const others = message.content.filter(
    (block) => block.type !== 'text' && block.type !== 'thinking' && block.type !== 'redacted_thinking',
  );
  return { role: 'assistant', text, others: sortKeys(others) };
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, each]) => [key, sortKeys(each)]),
  );
}
