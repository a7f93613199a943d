import type { ContentBlock, ToolUseBlock, TurnEndReason, TurnEvent, Usage, ModelPrice } from '@claude-code-api/gateway';
import type { CliMessage } from '../process/cli-message.ts';
import { createStreamReader } from '@claude-code-api/gateway/messages-api';
import { isLeftOut } from './is-left-out.ts';
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
  /** Is told what the turn has used, and cost in US dollars where that is known, before anyone reads its `usage`. */
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
  const notes = createUpstreamNotes(options);
  const { onUsage } = options;
  const stream = createStreamReader({ ...options, onUsage, upstreamRequestId: () => notes.facts.upstreamRequestId });
  const { answer } = stream;
  let outcome: TurnOutcome | undefined;

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

  return {
    get outcome() {
      return outcome;
    },
    answer: answer.blocks,
    read(message) {
      notes.note(message);
      if (message.type === 'result') throw notes.toError(message);
      if (message.type !== 'stream_event') return [];
      const events = stream.read(message.event);
      if (outcome === undefined && stream.reason !== undefined) outcome = outcomeOf(stream.reason);
      return events;
    },
  };
}
