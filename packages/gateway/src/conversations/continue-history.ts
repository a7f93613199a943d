import { addsText } from '../turn/adds-text.ts';
import { identifyingMessage } from '../turn/identifying-message.ts';
import type { Message } from '../turn/message.ts';
import { toldMessages } from './told-messages.ts';

/**
 * Tells what of the messages that a caller gives is new to a conversation. Callers bring only what is new, or that behind the
 * last messages (a call, then its result), or the whole history.
 *
 * @param earlier The conversation's messages, normalised, as are `given`.
 * @returns The new messages; undefined when they are another history: one that begins like this, and then differs.
 */
export function continueHistory(earlier: readonly Message[], given: readonly Message[]): readonly Message[] | undefined {
  const bringsHistory = given.some((message) => message.role === 'assistant');
  if (!bringsHistory || earlier.length === 0) return given;
  const told = toldMessages(earlier);
  const own = told.map(toText);
  const theirs = given.map(toText);
  for (let count = Math.min(own.length, theirs.length); count > 0; count -= 1) {
    const from = own.length - count;
    const isSame = told.slice(from).every((message, index) => own[from + index] === theirs[index] && !addsText(given[index], message));
    if (isSame) return given.slice(count);
  }
  return own[0] === theirs[0] ? undefined : given;
}

function toText(message: Message): string {
  return JSON.stringify(identifyingMessage(message));
}
