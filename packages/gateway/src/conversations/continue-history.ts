import { addsText, type Message } from '../turn/message.ts';
import { toldMessages, type MessageDigests } from './digest-history.ts';

/**
 * Tells what of the messages that a caller gives is new to a conversation. Callers bring only what is new, or that behind the
 * last messages (a call, then its result), or the whole history.
 *
 * @param earlier The conversation's messages, normalised, as are `given`.
 * @returns The new messages; undefined when they are another history: one that begins like this, and then differs.
 */
export async function continueHistory(
  earlier: readonly Message[],
  given: readonly Message[],
  digestsOf: MessageDigests,
): Promise<readonly Message[] | undefined> {
  const bringsHistory = given.some((message) => message.role === 'assistant');
  if (!bringsHistory || earlier.length === 0) return given;
  const told = toldMessages(earlier);
  const [own, theirs] = await Promise.all([digestsOf(told), digestsOf(given)]);
  for (let count = Math.min(own.length, theirs.length); count > 0; count -= 1) {
    const from = own.length - count;
    let same = 0;
    while (same < count && own[from + same] === theirs[same] && !addsText(given[same], told[from + same] ?? { content: [] })) same += 1;
    if (same === count) return given.slice(count);
  }
  return own[0] === theirs[0] ? undefined : given;
}
