import type { ContentBlock, ToolUseBlock, TurnEndReason, TurnEvent, Usage } from '@claude-code-api/gateway';
import type { CliMessage, CliStreamEvent } from '../process/cli-message.ts';
import type { ModelPrice } from '../models/model-price.ts';
import { createAnswerBlocks } from './answer-blocks.ts';
import { isLeftOut } from './is-left-out.ts';
import { createStepsUsage } from './steps-usage.ts';
import { toDelta } from './to-delta.ts';
import { toEndReason } from './to-end-reason.ts';
import { toToldAnswer } from './to-told-answer.ts';
import { createUpstreamNotes } from './upstream-notes.ts';

/** How the process stands once the turn is over for the caller. */
export type TurnOutcome =
  /** The CLI ends the turn too, with its next `result`: the process can go on with the conversation. */
  | 'complete'
  /** The CLI waits for the results of the calls that the model has made. */
  | 'calling'
  /** Left alone, the CLI would go on by itself, at the caller's cost: the process must end now. */
  | 'runaway';

export interface TurnReader {
  /**
   * Takes the CLI's next message and gives back what it means.
   *
   * @throws {GatewayError} When the turn has failed.
   */
  read(message: CliMessage): TurnEvent[];
  /** Set with the `turn-end`. */
  readonly outcome: TurnOutcome | undefined;
  /** What the model has said so far. */
  readonly answer: readonly ContentBlock[];
}

export interface TurnReaderOptions {
  /** For messages to the caller. */
  readonly model: string;
  /** What a model costs; undefined where that is not known. */
  readonly priceOf: (model: string) => ModelPrice | undefined;
  /** Told what the turn has used, and costs in US dollars where that is known, before anyone reads its `usage`. */
  readonly onUsage?: ((usage: Usage, costUsd: number | undefined) => void) | undefined;
  /** Whether the CLI itself asks upstream again. */
  readonly cliRetries: boolean;
  /** The tools that the CLI will have called; it answers a call of any other by itself. */
  readonly toolNames: ReadonlySet<string>;
  /** The tool whose arguments are the answer's text; undefined for none. */
  readonly answerTool: string | undefined;
}

/** Follows one turn of the CLI, whose stream events are those of the Messages API. */
export function createTurnReader(options: TurnReaderOptions): TurnReader {
  const answer = createAnswerBlocks();
  const usage = createStepsUsage(options);
  const notes = createUpstreamNotes(options);
  let outcome: TurnOutcome | undefined;
  let inAnswerTool = false;
  let beside = '';
  let isAnsweredInText = false;

  /**
   * The arguments of the answer's tool are text to the caller. What the model says beside a call is not the answer; without
   * any call it is, for not every model can be made to call. What begins as a JSON object does is told as it grows.
   */
  function toAnswerEvents(event: CliStreamEvent, events: TurnEvent[]): TurnEvent[] {
    if (event.type === 'content_block_start') inAnswerTool = event.content_block.name === options.answerTool;
    const inText = events.some((each) => each.type === 'turn-end' && (each.reason === 'end_turn' || each.reason === 'stop_sequence'));
    if (inText && beside !== '' && !isAnsweredInText) return [{ type: 'text-delta', text: beside }, ...events];
    return events.flatMap((each): TurnEvent[] => {
      if (each.type === 'text-delta') {
        if (isAnsweredInText) return [each];
        beside += each.text;
        isAnsweredInText = /^\s*\{/.test(beside);
        return isAnsweredInText ? [{ type: 'text-delta', text: beside }] : [];
      }
      if (inAnswerTool && each.type === 'tool-call-start') return [];
      if (inAnswerTool && each.type === 'tool-call-delta') return isAnsweredInText ? [] : [{ type: 'text-delta', text: each.json }];
      const answered =
        each.type === 'turn-end' &&
        each.reason === 'tool_use' &&
        answer.blocks.every((block) => block.type !== 'tool_use' || block.name === options.answerTool);
      return [answered ? { ...each, reason: 'end_turn' } : each];
    });
  }

  /** Nobody will bring a result for the answer's tool. Numbers that the CLI would round when it goes on are better told to another. */
  function isHeld(call: ToolUseBlock): boolean {
    return options.toolNames.has(call.name) && call.name !== options.answerTool && call.json === undefined;
  }

  function outcomeOf(reason: TurnEndReason): TurnOutcome {
    const calls = answer.blocks.filter((block) => block.type === 'tool_use');
    if (reason === 'tool_use') return !answer.damaged && calls.length > 0 && calls.every(isHeld) ? 'calling' : 'runaway';
    // After a cut, a refusal or an empty answer the CLI would ask the model again on its own account.
    const said = answer.blocks.some((block) => block.type === 'text' && block.text.trim() !== '');
    const isWhole = said && calls.length === 0 && !isLeftOut(answer.blocks);
    return (reason === 'end_turn' || reason === 'stop_sequence') && isWhole ? 'complete' : 'runaway';
  }

  function readEvent(event: CliStreamEvent): TurnEvent[] {
    answer.add(event);
    switch (event.type) {
      case 'message_start':
        usage.begin(event.message.model, event.message.usage);
        return [{ type: 'turn-start', model: event.message.model, usage: usage.total }];
      case 'content_block_start':
        return event.content_block.type === 'tool_use'
          ? [{ type: 'tool-call-start', id: event.content_block.id ?? '', name: event.content_block.name ?? '' }]
          : [];
      case 'content_block_delta':
        return toDelta(event.delta);
      case 'message_delta': {
        usage.update(event.usage);
        const reason = toEndReason(event.delta.stop_reason);
        // A broken stream is closed by the CLI without a reason; the failure follows.
        if (reason === undefined) return [];
        outcome = outcomeOf(reason);
        const told = toToldAnswer(answer, options.answerTool, isAnsweredInText);
        const { total, costUsd } = usage;
        const refusal = event.delta.stop_details?.explanation;
        return [
          { type: 'usage', usage: total, ...(costUsd !== undefined && { costUsd }), ...notes.facts },
          { type: 'turn-end', reason, ...(told !== undefined && { content: told }), ...(refusal && { refusal }) },
        ];
      }
      case 'content_block_stop':
      case 'message_stop':
        return [];
    }
  }

  return {
    get outcome() {
      return outcome;
    },
    answer: answer.blocks,
    read(message) {
      notes.note(message);
      if (message.type === 'stream_event') {
        const events = readEvent(message.event);
        return options.answerTool === undefined ? events : toAnswerEvents(message.event, events);
      }
      if (message.type === 'result') throw notes.toError(message);
      return [];
    },
  };
}
