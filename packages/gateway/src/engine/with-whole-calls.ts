import type { TurnEvent } from '../turn/turn-event.ts';

/** Makes the deltas of each call add up to what its caller is to read: `{}` for a call without arguments, never nothing. */
export async function* withWholeCalls(events: AsyncIterable<TurnEvent>): AsyncGenerator<TurnEvent, void, undefined> {
  let isEmpty = false;
  for await (const event of events) {
    if (event.type === 'tool-call-delta') {
      if (event.json === '') continue;
      isEmpty = false;
    } else if (isEmpty) {
      yield { type: 'tool-call-delta', json: '{}' };
      isEmpty = false;
    }
    yield event;
    if (event.type === 'tool-call-start') isEmpty = true;
  }
}
