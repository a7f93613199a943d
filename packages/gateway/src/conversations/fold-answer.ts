import type { ContentBlock } from '../turn/content-block.ts';
import { foldTurn } from '../turn/fold-turn.ts';
import type { Message } from '../turn/message.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import { toKeptAnswer } from './to-kept-answer.ts';

/** What a turn adds to its history: an answer, or several where the gateway has made calls, with their results between them. */
export interface ExchangeFold {
  add(event: TurnEvent): void;
  /** The answers and results so far, as they are to be remembered. */
  messages(): readonly Message[];
  /** Puts the results of calls that the caller has allowed where the request has them. */
  withResults(messages: readonly Message[]): readonly Message[];
  /** The ids that blocks were told with. */
  readonly ids: ReadonlyMap<ContentBlock, string>;
}

/** Makes the fold of a turn whose one answer is all that it adds. */
export function foldAnswer(): ExchangeFold {
  const fold = foldTurn();
  let ids: ExchangeFold['ids'] = new Map();
  return {
    add: (event) => fold.add(event),
    messages() {
      const kept = toKeptAnswer(fold.answer);
      ({ ids } = kept);
      return [kept.message];
    },
    withResults: (messages) => messages,
    get ids() {
      return ids;
    },
  };
}
