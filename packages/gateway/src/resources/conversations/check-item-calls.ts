import { checkCalls } from '../../conversations/check-calls.ts';
import { GatewayError } from '../../gateway-error.ts';
import type { Message } from '../../turn/message.ts';
import { normalizeMessages } from '../../turn/normalize-messages.ts';

/**
 * Checks that a turn can go on from a conversation once items are added: that they answer calls which are open, and leave none behind.
 *
 * @param before What the conversation has. Where no turn can go on from that, the items are not to blame.
 * @throws {GatewayError} 400 for `items`.
 */
export function checkItemCalls(before: readonly Message[], items: readonly Message[]): void {
  if (!canGoOn(before)) return;
  try {
    checkCalls(normalizeMessages([...before, ...items]), true);
  } catch (error) {
    throw GatewayError.isInstance(error) ? error.with({ param: 'items' }) : error;
  }
}

function canGoOn(items: readonly Message[]): boolean {
  try {
    checkCalls(normalizeMessages(items), true);
    return true;
  } catch {
    return false;
  }
}
