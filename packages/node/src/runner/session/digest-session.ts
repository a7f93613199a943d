import { hash } from 'node:crypto';
import type { ContentBlock, Message } from '@claude-code-api/gateway';
import { cacheMarksOf, identifyingMessage } from '@claude-code-api/gateway/runner-kit';
import type { PreparedTurn } from '@claude-code-api/gateway/messages-api';
import { toSystemPrompt } from '../request/to-system-prompt.ts';

/** What a process is known by before its turn and after it. */
export interface SessionDigests {
  /** The digest of everything before the turn's last message; undefined when there is nothing to continue. */
  readonly before: string | undefined;
  /** The digest of the whole history once `answer` has been added to it. */
  after(answer: readonly ContentBlock[]): string;
}

/**
 * Digests of a conversation: equal only for the same tenant, model, system prompt, tools, variables and messages, block for block. A
 * process whose history has a digest may serve whoever asks with a history of the same digest. `scope` is what else must be equal.
 */
export function digestSession(turn: PreparedTurn, scope: readonly string[] = []): SessionDigests {
  const head = JSON.stringify([turn.tenant, turn.model, toSystemPrompt(turn.system), turn.tools, turn.variables ?? {}, ...scope]);
  const known = turn.messageDigests;
  const digests = turn.messages.map((message, index) => (known?.[index] ?? digestOf(message)) + marksOf(message));
  const isFollowUp = turn.messages.length > 1 && turn.messages.at(-1)?.role === 'user';
  return {
    before: isFollowUp ? hash('sha256', head + digests.slice(0, -1).join(''), 'base64') : undefined,
    after: (answer) => hash('sha256', head + digests.join('') + digestOf({ role: 'assistant', content: answer }), 'base64'),
  };
}

/** A process keeps the cache marks that it was given, and the API takes four of them. */
function marksOf(message: Message): string {
  const { atEnd, elsewhere } = cacheMarksOf({ messages: [message], tools: [] });
  return atEnd === undefined && elsewhere === 0 ? '' : JSON.stringify([elsewhere, atEnd]);
}

function digestOf(message: Message): string {
  return hash('sha256', JSON.stringify(identifyingMessage(message)));
}
