import type { AnsweredBlock, TurnAnswer } from '../../../turn/fold-turn.ts';
import { parseArguments } from '../../../turn/parse-arguments.ts';
import type { StartedBlock, TurnEnd } from '../../../turn/turn-event.ts';
import { toMessageUsage, type MessageUsage } from './to-message-usage.ts';
import { toManagement, toStop, type Stop } from './to-stop.ts';

/** A whole answer. */
export interface Message extends Stop {
  readonly id: string;
  readonly type: 'message';
  readonly role: 'assistant';
  readonly model: string;
  readonly content: readonly object[];
  readonly usage: MessageUsage;
}

/**
 * Makes the answer to a request that is not streamed: what its stream adds up to.
 *
 * @param id For an answer whose own is not known.
 */
export function toMessage({ messageId, model, blocks, usage, told, end = unsaid }: TurnAnswer, id: string): Message {
  return {
    id: messageId ?? id,
    type: 'message',
    role: 'assistant',
    model,
    content: blocks.map(toBlock),
    ...toStop(end),
    usage: toMessageUsage(usage, told),
    ...toManagement(end),
  };
}

const unsaid: TurnEnd = { type: 'turn-end', reason: 'end_turn' };

/** A block as its stream begins it: what its pieces are added to. */
export function toStart(block: StartedBlock): object {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: '' };
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'redacted_thinking':
      return block;
    case 'tool_use': {
      const { extra, ...call } = block;
      return { ...call, input: {}, ...extra };
    }
    case 'other':
      return block.block;
  }
}

function toBlock({ started, text, signature, citations }: AnsweredBlock): object {
  const start = toStart(started);
  if (started.type === 'text') return { ...start, text, ...(citations.length > 0 && { citations }) };
  if (started.type === 'thinking') return { ...start, thinking: text, signature };
  return text === '' ? start : { ...start, input: parseArguments(text).input };
}
