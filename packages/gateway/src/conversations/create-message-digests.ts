import type { Sha256 } from '../ports/sha256.ts';
import { identifyingMessage } from '../turn/message-identity.ts';
import type { Message } from '../turn/message.ts';

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
