import type { TurnTransform } from './transform-turn.ts';

/** Makes the deltas of each call add up to what its caller is to read: `{}` for a call without arguments, never nothing. */
export function withWholeCalls(): TurnTransform {
  let isEmpty = false;
  return (event) => {
    if (event.type === 'block-start') isEmpty = event.block.type === 'tool_use';
    if (event.type === 'input-delta') {
      if (event.json === '') return [];
      isEmpty = false;
    }
    if (event.type !== 'block-end' || !isEmpty) return [event];
    isEmpty = false;
    return [{ type: 'input-delta', index: event.index, json: '{}' }, event];
  };
}
