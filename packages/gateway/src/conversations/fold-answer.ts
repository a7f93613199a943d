import { type ContentBlock, isThinking, saysSomething } from '../turn/content-block.ts';
import { foldTurn, textOf, toContentBlock, type TurnAnswer } from '../turn/fold-turn.ts';
import type { Message } from '../turn/message.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import { normalizeMessages } from '../turn/normalize-messages.ts';

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

export interface KeptAnswer {
  /** What the caller has got, as a message of the history, with the steps to it; without content when it said nothing. */
  readonly message: Message;
  /** The ids that its blocks were told with. */
  readonly ids: ReadonlyMap<ContentBlock, string>;
}

/** An answer as it is to be remembered. Thinking only matters beside calls: of an agent, that of the step that called. */
export function toKeptAnswer(answer: TurnAnswer): KeptAnswer {
  const ids = new Map<ContentBlock, string>();
  const blocks = answer.blocks.flatMap((each) => {
    const block = toContentBlock(each);
    if (block !== undefined && each.itemId !== undefined) ids.set(block, each.itemId);
    return block ?? [];
  });
  const calls = blocks.filter((block) => block.type === 'tool_use');
  const isPlain = blocks.every((block) => block.type === 'text' || isThinking(block));
  const steps = normalizeMessages(answer.end?.steps ?? []);

  function text(): ContentBlock[] {
    const whole: ContentBlock = { type: 'text', text: textOf(answer, 'text') };
    const id = answer.blocks.find(({ started }) => started.type === 'text')?.itemId;
    if (id !== undefined) ids.set(whole, id);
    return [whole];
  }

  function contentOf(): ContentBlock[] {
    if (isPlain) return text();
    if (steps.length === 0) return blocks;
    return [...thinkingOfLastStep(blocks, steps), ...text(), ...calls];
  }

  return {
    message: {
      role: 'assistant',
      content: contentOf().filter(saysSomething),
      ...(!isPlain && { model: answer.model }),
      ...(steps.length > 0 && { steps }),
    },
    ids,
  };
}

/** The blocks as they were told, which have ids. */
function thinkingOfLastStep(blocks: readonly ContentBlock[], steps: readonly Message[]): ContentBlock[] {
  const thought = steps.findLast(({ role }) => role === 'assistant')?.content.filter(isThinking) ?? [];
  return thought.length === 0 ? [] : blocks.filter(isThinking).slice(-thought.length);
}
