import type { ContentBlock } from '../turn/content-block.ts';
import { toResultBlock, withApproved } from '../turn/approved-call.ts';
import { foldTurn, type TurnAnswer } from '../turn/fold-turn.ts';
import type { Message } from '../turn/message.ts';
import type { CallResult, TurnEnd, TurnEvent } from '../turn/turn-event.ts';
import { type ExchangeFold, toKeptAnswer } from './fold-answer.ts';

/** Makes the fold of a turn in which the gateway may make calls. */
export function foldExchange(): ExchangeFold {
  const ended: Message[] = [];
  const ids = new Map<ContentBlock, string>();
  let approved: readonly CallResult[] = [];
  let start: TurnEvent | undefined;
  let fold = foldTurn();

  function toMessage(answer: TurnAnswer): Message {
    const kept = toKeptAnswer(answer);
    for (const [block, id] of kept.ids) ids.set(block, id);
    return kept.message;
  }

  function endAnswer({ results, steps }: Extract<TurnEvent, { type: 'calls-end' }>): void {
    const end: TurnEnd = { type: 'turn-end', reason: 'tool_use', ...(steps !== undefined && { steps }) };
    ended.push(toMessage({ ...fold.answer, end }), { role: 'user', content: results.map(toResultBlock) });
    fold = foldTurn(start === undefined ? [] : [start]);
  }

  return {
    ids,
    add(event) {
      if (event.type === 'turn-start') start = event;
      if (event.type !== 'calls-end') fold.add(event);
      else if (fold.answer.blocks.length > 0) endAnswer(event);
      else approved = event.results;
    },
    messages() {
      const { answer } = fold;
      return ended.length > 0 && answer.blocks.length === 0 ? ended : [...ended, toMessage(answer)];
    },
    withResults: (messages) => withApproved(messages, approved),
  };
}
