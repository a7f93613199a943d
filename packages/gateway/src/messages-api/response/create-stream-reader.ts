import type { ModelPrice } from '../../ports/claude-runner.ts';
import type { TurnEndReason, TurnEvent } from '../../turn/turn-event.ts';
import type { Usage } from '../../turn/usage.ts';
import type { StreamEvent } from '../stream-event.ts';
import { createAnswerText } from './answer-text.ts';
import { type BlockReader, createBlockReader } from './block-reader.ts';
import { createStepsUsage, usageExtras } from './steps-usage.ts';
import { toEndReason, toTold, toTurnEnd, toTurnStart } from './turn-bounds.ts';

/** What a stream is read with. */
export interface StreamReaderOptions {
  /** The tool whose arguments are the answer's text; undefined for none. */
  readonly answerTool: string | undefined;
  /** What a model costs; undefined where that is not known. */
  readonly priceOf: (model: string) => ModelPrice | undefined;
  /** Is told with each number of the API what the message has used so far, and cost in US dollars where that is known. */
  readonly onUsage: ((usage: Usage, costUsd: number | undefined) => void) | undefined;
  /** The API's id of the request, as far as it is known by the message's end. */
  readonly upstreamRequestId: () => string | undefined;
}

/** Reads the stream of one message of the API. */
export interface StreamReader {
  /** Takes the next event of the stream, and gives the events of the turn that it means. */
  read(event: StreamEvent): TurnEvent[];
  /** What the model has said so far. */
  readonly answer: Pick<BlockReader, 'blocks' | 'damaged'>;
  /** Why the message has ended; undefined before that, and for one that is cut. */
  readonly reason: TurnEndReason | undefined;
}

/** Reads the stream of one message of the API as the events of a turn. */
export function createStreamReader({ answerTool, priceOf, onUsage, upstreamRequestId }: StreamReaderOptions): StreamReader {
  const answer = createBlockReader();
  const told = answerTool === undefined ? undefined : createAnswerText(answerTool);
  const usage = createStepsUsage({ priceOf, onUsage });
  let reason: TurnEndReason | undefined;

  function end({ delta, usage: latest, context_management: management }: Extract<StreamEvent, { type: 'message_delta' }>): TurnEvent[] {
    usage.update(latest);
    reason = toEndReason(delta.stop_reason);
    // A broken stream is closed by the CLI without a reason; the failure follows.
    if (reason === undefined) return [];
    const requestId = upstreamRequestId();
    const { total, costUsd } = usage;
    const callsOthers = answer.blocks.some((block) => block.type === 'tool_use' && block.name !== answerTool);
    const isAnswered = told !== undefined && reason === 'tool_use' && !callsOthers;
    return [
      ...(told?.end(reason) ?? []),
      {
        ...{ type: 'usage', usage: total },
        ...(costUsd !== undefined && { costUsd }),
        ...(requestId !== undefined && { upstreamRequestId: requestId }),
        ...toTold(usageExtras(latest)),
      },
      { ...toTurnEnd({ ...delta, context_management: management }, reason), ...(isAnswered && { reason: 'end_turn' }) },
    ];
  }

  function read(event: StreamEvent): TurnEvent[] {
    if (event.type === 'message_start') {
      usage.begin(event.message.model, event.message.usage);
      return [{ ...toTurnStart(event.message, usage.total), ...toTold(usageExtras(event.message.usage)) }];
    }
    const events = answer.read(event);
    const blocks = told === undefined ? events : events.flatMap((each) => told.tell(each));
    return event.type === 'message_delta' ? [...blocks, ...end(event)] : blocks;
  }

  return {
    read,
    answer,
    get reason() {
      return reason;
    },
  };
}
