import { openaiCallFault } from '../../dialects/openai/openai-call-fault.ts';
import { findCallFault } from '../../turn/find-call-fault.ts';
import type { Message } from '../../turn/message.ts';
import { normalizeMessages } from '../../turn/normalize-messages.ts';

/**
 * Checks that a turn can go on from a conversation once items are added: that they answer calls which are open, and leave none behind.
 *
 * @param before What the conversation has. Where no turn can go on from that, the items are not to blame.
 * @throws {GatewayError} 400 for `items`.
 */
export function checkItemCalls(before: readonly Message[], items: readonly Message[]): void {
  if (findCallFault(normalizeMessages(before), { mayWait: true }) !== undefined) return;
  const fault = findCallFault(normalizeMessages([...before, ...items]), { mayWait: true });
  if (fault !== undefined) throw openaiCallFault(fault).with({ param: 'items' });
}
