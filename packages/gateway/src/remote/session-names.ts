import type { Sha256 } from '../ports/sha256.ts';
import type { ContentBlock } from '../turn/content-block.ts';
import { identifyingMessage } from '../turn/message-identity.ts';
import type { Message } from '../turn/message.ts';
import type { Turn } from '../turn/turn.ts';

/** What a turn's conversation is known by to who places it. */
export interface SessionNames {
  /** What the conversation is known by: the same for all its turns. */
  readonly key: string;
  /** What its process is known by; undefined when there can be none yet. */
  readonly before: string | undefined;
  /** What it will be known by once this answer is given. */
  after(answer: readonly ContentBlock[]): Promise<string>;
  /** Whether all names are `key`, so that a machine can tell others what it holds. */
  readonly isNamed: boolean;
}

const digits = 24;

/**
 * Names a session by the conversation's id where it has one, else by its history, with the first message as the key. Nobody can read either from
 * the names.
 */
export async function sessionNames(turn: Turn, sha256: Sha256): Promise<SessionNames> {
  const name = async (...parts: readonly string[]): Promise<string> =>
    (await sha256(JSON.stringify([turn.tenant, ...parts]))).slice(0, digits);
  if (turn.conversation !== undefined) {
    const key = await name('conversation', turn.conversation);
    return { key, before: turn.messages.length > 1 ? key : undefined, after: async () => key, isNamed: true };
  }
  const digestOf = async (message: Message): Promise<string> => sha256(JSON.stringify(identifyingMessage(message)));
  const digests = turn.messageDigests ?? (await Promise.all(turn.messages.map(digestOf)));
  return {
    key: await name('first', digests[0] ?? ''),
    before: digests.length > 1 ? await name('history', ...digests.slice(0, -1)) : undefined,
    after: async (content) => name('history', ...digests, await digestOf({ role: 'assistant', content })),
    isNamed: false,
  };
}
