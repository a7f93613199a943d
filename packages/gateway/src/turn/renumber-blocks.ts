import type { TurnEvent } from './turn-event.ts';

/** Makes what numbers blocks anew, where some have been left out or put in: each start gets the next index, and what follows it the same. */
export function renumberBlocks(): (event: TurnEvent) => TurnEvent {
  let index = -1;
  return (event) => {
    if (!('index' in event)) return event;
    if (event.type === 'block-start') index += 1;
    return event.index === index ? event : { ...event, index };
  };
}
