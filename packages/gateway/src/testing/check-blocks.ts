import type { TurnEvent } from '../turn/turn-event.ts';
import { must } from './runner/must.ts';

/** Which blocks a delta may be of. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  'text-delta': ['text'],
  citation: ['text'],
  'thinking-delta': ['thinking'],
  signature: ['thinking'],
  'input-delta': ['tool_use', 'other'],
};

/**
 * Checks that the blocks of a turn come as they must: one after another, numbered from 0 by one, each with a start, pieces of its own kind,
 * and an end before the turn's usage.
 *
 * @throws {Error} What is wrong.
 */
export function checkBlocks(events: readonly TurnEvent[]): void {
  let next = 0;
  let open: string | undefined;
  for (const event of events) {
    if (event.type === 'block-start') {
      must(open === undefined, `block ${event.index} starts once the one before it has ended`);
      must(event.index === next, `block ${event.index} has the index ${next}`);
      open = event.block.type;
    } else if ('index' in event) {
      must(open !== undefined && event.index === next, `a ${event.type} of block ${event.index} comes between its start and its end`);
      must(event.type === 'block-end' || kinds[event.type]?.includes(open ?? '') === true, `a ${event.type} is of no ${open}`);
      if (event.type !== 'block-end') continue;
      open = undefined;
      next += 1;
    } else if (event.type === 'usage' || event.type === 'turn-end')
      must(open === undefined, `block ${next} has ended before the ${event.type}`);
  }
}
