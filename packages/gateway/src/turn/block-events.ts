import type { BlockEvent, TurnEvent } from './turn-event.ts';

/** The events of a text that is told in these pieces. */
export function textBlock(index: number, pieces: readonly string[]): BlockEvent[] {
  return [
    { type: 'block-start', index, block: { type: 'text' } },
    ...pieces.map((text): BlockEvent => ({ type: 'text-delta', index, text })),
    { type: 'block-end', index },
  ];
}

/** The events of what is thought. */
export function thinkingBlock(index: number, pieces: readonly string[], signature = ''): BlockEvent[] {
  return [
    { type: 'block-start', index, block: { type: 'thinking' } },
    ...pieces.map((thinking): BlockEvent => ({ type: 'thinking-delta', index, thinking })),
    ...(signature === '' ? [] : [{ type: 'signature', index, signature } as const]),
    { type: 'block-end', index },
  ];
}

/** The events of a call of a caller's tool, whose arguments are told in these pieces of JSON. */
export function callBlock(index: number, call: { readonly id: string; readonly name: string }, pieces: readonly string[]): BlockEvent[] {
  return [
    { type: 'block-start', index, block: { type: 'tool_use', id: call.id, name: call.name } },
    ...pieces.map((json): BlockEvent => ({ type: 'input-delta', index, json })),
    { type: 'block-end', index },
  ];
}

/** Makes what numbers blocks anew, where some have been left out or put in: each start gets the next index, and what follows it the same. */
export function renumberBlocks(): (event: TurnEvent) => TurnEvent {
  let index = -1;
  return (event) => {
    if (!('index' in event)) return event;
    if (event.type === 'block-start') index += 1;
    return event.index === index ? event : { ...event, index };
  };
}
