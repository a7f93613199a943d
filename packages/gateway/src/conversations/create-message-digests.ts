import type { Sha256 } from '../ports/sha256.ts';
import { identifyingMessage } from '../turn/identifying-message.ts';
import type { Message } from '../turn/message.ts';

/** The digests of messages: SHA-256, in hexadecimal, of the form by which a message is known again. */
export type MessageDigests = (messages: readonly Message[]) => Promise<readonly string[]>;

/** Makes the digest of each message once, as long as the message is the same object. */
export function createMessageDigests(sha256: Sha256): MessageDigests {
  const known = new WeakMap<Message, string>();

  async function make(message: Message): Promise<string> {
    const digest = await sha256(JSON.stringify(identifyingMessage(message)));
    known.set(message, digest);
    return digest;
  }

  return (messages) => Promise.all(messages.map(async (message) => known.get(message) ?? make(message)));
}
