import type { Sha256 } from '../ports/sha256.ts';
import { systemText } from '../turn/system-text.ts';
import type { Turn } from '../turn/turn.ts';
import type { MessageDigests } from './create-message-digests.ts';
import { toldMessages } from './told-messages.ts';

/** What was said, by whom and to whom. */
export type History = Pick<Turn, 'tenant' | 'endUser' | 'system' | 'messages'>;

/**
 * A digest of a history: equal only for the same tenant, end user, system prompt and messages, block for block. Callers who
 * bring a whole history are told by it which conversation they are in. Model, profile and tools may change within a
 * conversation, and the steps of agents are not seen by callers.
 *
 * @param digestsOf Gives the digests of messages.
 * @returns SHA-256, in hexadecimal.
 */
export async function digestHistory(history: History, sha256: Sha256, digestsOf: MessageDigests): Promise<string> {
  const { tenant, endUser = null, system, messages } = history;
  return sha256(JSON.stringify([tenant, endUser, systemText(system), ...(await digestsOf(toldMessages(messages)))]));
}
