import type { TurnEvent } from '../turn/turn-event.ts';
import { activityStatus } from '../turn/activity-status.ts';

const maxInputLength = 300;
const maxResultLength = 200;

/** Tells what an agent does as lines of its reasoning, for chat windows that show it. Long inputs and results are cut. */
export async function* tellActivityAsReasoning(events: AsyncIterable<TurnEvent>): AsyncGenerator<TurnEvent, void, undefined> {
  let isLineBegun = false;
  for await (const event of events) {
    const line = toLine(event);
    if (line === undefined) {
      if (event.type === 'reasoning-delta' && event.text !== '') isLineBegun = !event.text.endsWith('\n');
      yield event;
      continue;
    }
    yield { type: 'reasoning-delta', text: isLineBegun ? `\n${line}` : line };
    isLineBegun = false;
  }
}

/** Undefined for what is no activity. */
function toLine(event: TurnEvent): string | undefined {
  if (event.type === 'activity-start') return `${event.name}: ${shorten(JSON.stringify(event.input), maxInputLength)}\n`;
  if (event.type === 'activity-end')
    return `→ ${activityStatus(event)}: ${shorten(event.result.replaceAll(/\s+/g, ' ').trim(), maxResultLength)}\n`;
  return undefined;
}

/** At most so many characters; what is cut ends in an ellipsis, and never within a character. */
function shorten(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
