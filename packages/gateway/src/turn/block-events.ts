import type { BlockEvent, TurnEvent } from './turn-event.ts';

/** The events of a whole block of text. `pieces` are the pieces of the text. */
export function textBlock(index: number, pieces: readonly string[]): BlockEvent[] {
  return [
    { type: 'block-start', index, block: { type: 'text' } },
    ...pieces.map((text): BlockEvent => ({ type: 'text-delta', index, text })),
    { type: 'block-end', index },
  ];
}

/** The events of a whole block of reasoning. `pieces` are the pieces of its text. */
export function thinkingBlock(index: number, pieces: readonly string[], signature = ''): BlockEvent[] {
  return [
    { type: 'block-start', index, block: { type: 'thinking' } },
    ...pieces.map((thinking): BlockEvent => ({ type: 'thinking-delta', index, thinking })),
    ...(signature === '' ? [] : [{ type: 'signature', index, signature } as const]),
    { type: 'block-end', index },
  ];
}

/** The events of a whole block that calls a caller's tool. `pieces` are the pieces of its arguments' JSON. */
export function callBlock(index: number, call: { readonly id: string; readonly name: string }, pieces: readonly string[]): BlockEvent[] {
  return [
    { type: 'block-start', index, block: { type: 'tool_use', id: call.id, name: call.name } },
    ...pieces.map((json): BlockEvent => ({ type: 'input-delta', index, json })),
    { type: 'block-end', index },
  ];
}

/**
 * Makes a function that numbers the blocks of a turn anew, where some were left out or put in. It must be given each event in order: a
 * `block-start` gets the next index, and the events of its block get the same.
 */
export function renumberBlocks(): (event: TurnEvent) => TurnEvent {
  let index = -1;
  return (event) => {
    if (!('index' in event)) return event;
    if (event.type === 'block-start') index += 1;
    return event.index === index ? event : { ...event, index };
  };
}
