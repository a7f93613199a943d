import type { Sha256 } from '../ports/sha256.ts';
import type { Turn } from '../turn/turn.ts';
import { systemText } from '../turn/content-block.ts';
import { identifyingMessage } from '../turn/message-identity.ts';
import type { Message } from '../turn/message.ts';
import { normalizeMessages } from '../turn/normalize-messages.ts';

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

/** The digests of messages: SHA-256, in hexadecimal, of the form by which a message is known again. */
export type MessageDigests = (messages: readonly Message[]) => Promise<readonly string[]>;

/** Makes the digest of each message once, as long as the message is the same object. */
export function createMessageDigests(sha256: Sha256): MessageDigests {
  const known = new WeakMap<Message, string>();

  function make(message: Message): string | Promise<string> {
    const digest = sha256(JSON.stringify(identifyingMessage(message)));
    if (typeof digest !== 'string') return keep(message, digest);
    known.set(message, digest);
    return digest;
  }

  async function keep(message: Message, making: Promise<string>): Promise<string> {
    const digest = await making;
    known.set(message, digest);
    return digest;
  }

  return async (messages) => {
    const digests: string[] = [];
    // All are begun at once; a promise for each that is at hand would cost more than the digest.
    for (const digest of messages.map((message) => known.get(message) ?? make(message)))
      digests.push(typeof digest === 'string' ? digest : await digest);
    return digests;
  };
}

/** A history as its callers know it: without the steps of agents, and without answers that say nothing. */
export function toldMessages(messages: readonly Message[]): readonly Message[] {
  if (messages.every(({ steps }) => steps === undefined)) return messages;
  return normalizeMessages(messages.map(withoutSteps));
}

function withoutSteps(message: Message): Message {
  const { steps, ...rest } = message;
  return steps === undefined ? message : rest;
}
