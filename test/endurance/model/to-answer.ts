import { createHash } from 'node:crypto';

/** What Claude is told: the system prompt and the messages, each with its texts. */
export interface Heard {
  readonly system: string;
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly texts: readonly string[] }[];
}

/** The script's answer: its name, what was heard as a hash, and so many characters more. */
export function toAnswer(name: string, { system, messages }: Heard, size = 0): string {
  const told = JSON.stringify([system, messages.map(({ role, texts }) => [role, texts])]);
  const hash = createHash('sha256').update(told).digest('hex').slice(0, 20);
  return size === 0 ? `${name} ${hash}` : `${name} ${hash} ${hash.repeat(Math.ceil(size / hash.length)).slice(0, size)}`;
}
