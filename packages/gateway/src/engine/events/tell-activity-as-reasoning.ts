import { newItemId } from '../../conversations/ids.ts';
import { activityStatus, type TurnEvent } from '../../turn/turn-event.ts';
import { renumberBlocks } from '../../turn/block-events.ts';
import type { TurnTransform } from './transform-turn.ts';

const maxInputLength = 300;
const maxResultLength = 200;

/** Tells what an agent does as lines of its reasoning, for chat windows that show it. Long inputs and results are cut. */
export function tellActivityAsReasoning(): TurnTransform {
  const renumber = renumberBlocks();
  let isLineBegun = false;
  let inBlock = false;
  /** Of a tool that was done while the model still spoke. */
  let waiting: string[] = [];

  function toBlock(line: string): TurnEvent[] {
    const thinking = isLineBegun ? `\n${line}` : line;
    isLineBegun = false;
    return [
      { type: 'block-start', index: 0, block: { type: 'thinking' }, itemId: newItemId('rs') },
      { type: 'thinking-delta', index: 0, thinking },
      { type: 'block-end', index: 0 },
    ];
  }

  function tell(event: TurnEvent): TurnEvent[] {
    const line = toLine(event);
    if (line !== undefined) {
      if (!inBlock) return toBlock(line);
      waiting.push(line);
      return [];
    }
    if (event.type === 'thinking-delta' && event.thinking !== '') isLineBegun = !event.thinking.endsWith('\n');
    if (event.type === 'block-start') inBlock = true;
    if (event.type !== 'block-end') return [event];
    inBlock = false;
    const lines = waiting;
    waiting = [];
    return [event, ...lines.flatMap(toBlock)];
  }

  return (event) => tell(event).map(renumber);
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
