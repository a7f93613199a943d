import { canonicalMessage } from '../turn/canonical-message.ts';
import type { Turn } from '../turn/turn.ts';
import { toldMessages } from './told-messages.ts';

/**
 * A digest of a history: equal only for the same tenant, end user, system prompt and messages, block for block. Callers who
 * bring a whole history are told by it which conversation they are in. Model, profile and tools may change within a
 * conversation, and the steps of agents are not seen by callers.
 *
 * @returns SHA-256, in hexadecimal.
 */
export async function digestHistory(history: Pick<Turn, 'tenant' | 'endUser' | 'system' | 'messages'>): Promise<string> {
  const { tenant, endUser = null, system, messages } = history;
  const text = JSON.stringify([tenant, endUser, system, toldMessages(messages).map(canonicalMessage)]);
  return toHex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

function toHex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
