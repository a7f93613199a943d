import type { BlockEvent, TurnEndReason, TurnEvent } from '../../turn/turn-event.ts';
import { renumberBlocks } from '../../turn/block-events.ts';

/** What the caller hears of an answer that is the arguments of a tool. */
export interface AnswerText {
  tell(event: BlockEvent): TurnEvent[];
  /** What is left to tell when the model has stopped. */
  end(reason: TurnEndReason): TurnEvent[];
}

/**
 * The arguments of the answer's tool are text to the caller. What the model says beside a call is not the answer; without any call it is,
 * for not every model can be made to call. What begins as a JSON object does is told as it grows.
 */
export function createAnswerText(answerTool: string): AnswerText {
  const renumber = renumberBlocks();
  let inAnswerTool = false;
  /** Whether the block that is open is told. */
  let isTold = false;
  let beside = '';
  let isAnsweredInText = false;

  function begin(event: Extract<BlockEvent, { type: 'block-start' }>): TurnEvent[] {
    const { block, index } = event;
    inAnswerTool = block.type === 'tool_use' && block.name === answerTool;
    isTold = block.type === 'text' || inAnswerTool ? inAnswerTool !== isAnsweredInText : true;
    if (!isTold) return [];
    return [inAnswerTool ? { type: 'block-start', index, block: { type: 'text' } } : event];
  }

  function addText(event: Extract<BlockEvent, { type: 'text-delta' }>): TurnEvent[] {
    if (isAnsweredInText) return [event];
    const { index } = event;
    beside += event.text;
    isAnsweredInText = isTold = /^\s*\{/.test(beside);
    return isTold
      ? [
          { type: 'block-start', index, block: { type: 'text' } },
          { type: 'text-delta', index, text: beside },
        ]
      : [];
  }

  function toTold(event: BlockEvent): TurnEvent[] {
    if (event.type === 'block-start') return begin(event);
    if (event.type === 'text-delta') return addText(event);
    if (!isTold) return [];
    if (inAnswerTool && event.type === 'input-delta') return [{ type: 'text-delta', index: event.index, text: event.json }];
    return [event];
  }

  return {
    tell: (event) => toTold(event).map(renumber),
    end(reason) {
      if ((reason !== 'end_turn' && reason !== 'stop_sequence') || beside === '' || isAnsweredInText) return [];
      const events: TurnEvent[] = [
        { type: 'block-start', index: 0, block: { type: 'text' } },
        { type: 'text-delta', index: 0, text: beside },
        { type: 'block-end', index: 0 },
      ];
      return events.map(renumber);
    },
  };
}
