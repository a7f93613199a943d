import { itemIdsOf } from '../../conversations/ids.ts';
import type { StartedBlock } from '../../turn/turn-event.ts';
import type { TurnTransform } from './transform-turn.ts';

/**
 * Gives each block the id of the item that it is, or is a part of: the same while the answer is told and once it is kept. Neighbouring texts
 * are one item, so is neighbouring reasoning; the texts of an agent are one, whatever it did and thought between them.
 *
 * @param response The id of the response that the answer is kept as, which the ids then tell.
 */
export function withItemIds(response?: string): TurnTransform {
  const newId = itemIdsOf(response);
  let message: string | undefined;
  let reasoning: string | undefined;
  let hasActed = false;

  function idOf(type: StartedBlock['type']): string | undefined {
    switch (type) {
      case 'text':
        reasoning = undefined;
        hasActed = false;
        return (message ??= newId('msg'));
      case 'thinking':
      case 'redacted_thinking':
        if (!hasActed) message = undefined;
        return (reasoning ??= newId('rs'));
      case 'tool_use':
        message = reasoning = undefined;
        return newId('fc');
      case 'other':
        reasoning = undefined;
        return undefined;
    }
  }

  return (event) => {
    if (event.type === 'activity-start' || event.type === 'activity-end') {
      hasActed = true;
      reasoning = undefined;
    }
    if (event.type === 'call-start') return [{ ...event, itemId: newId('fc') }];
    if (event.type !== 'block-start') return [event];
    const itemId = idOf(event.block.type);
    return [itemId === undefined ? event : { type: 'block-start', index: event.index, block: event.block, itemId }];
  };
}
