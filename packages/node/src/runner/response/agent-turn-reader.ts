import type { ContentBlock, ModelPrice, ToolUseBlock, TurnEnd, TurnEndReason, TurnEvent, Usage } from '@claude-code-api/gateway';
import { isThinking, renumberBlocks } from '@claude-code-api/gateway/runner-kit';
import type { CliMessage, CliResult, CliStreamEvent, CliToolResults } from '../process/cli-message.ts';
import { type AgentStep, createAgentStep, createAgentSteps, isDenied } from './agent-steps.ts';
import { createAgentText } from './agent-text.ts';
import { isLeftOut } from './is-left-out.ts';
import { createStepsUsage, toEndReason, toTurnEnd, toTurnStart } from '@claude-code-api/gateway/messages-api';
import type { TurnOutcome, TurnReader } from './turn-reader.ts';
import { createUpstreamNotes } from './upstream-notes.ts';

export interface AgentTurnReaderOptions {
  /** For messages to the caller. */
  readonly model: string;
  /** What a model costs; undefined where that is not known. */
  readonly priceOf: (model: string) => ModelPrice | undefined;
  /** Whether the CLI itself asks upstream again. */
  readonly cliRetries: boolean;
  /** The caller's tools, which are handed out. */
  readonly toolNames: ReadonlySet<string>;
  /** By their ids, the names of the agent's own calls whose results are still to come from the turn before. */
  readonly openCalls: ReadonlyMap<string, string>;
  /** Whether the text of the last step alone is the answer: where that must fit a schema. */
  readonly lastTextOnly: boolean;
  /** What the process has cost before, in US dollars. */
  readonly costBefore: number;
  /** Is told, when a step begins and when it ends, what all steps have used so far, and cost in US dollars where that is known. */
  readonly onUsage?: ((usage: Usage, costUsd: number | undefined) => void) | undefined;
  /** Whether a use of a tool is known to have been refused. */
  readonly hasDenied: (toolUseId: string) => boolean;
  /** Is told of each use of an agent's own tool that was denied. */
  readonly onDenied: (toolUseId: string, tool: string) => void;
}

export interface AgentTurnReader extends TurnReader {
  /** Whether the caller's calls are open, and the CLI may hold back those of the agent's own that are open too until they have results. */
  readonly isHeldUp: boolean;
  /** Ends the turn for the caller without waiting for more of the agent's own results. */
  settle(): TurnEvent[];
  /** The agent's own calls that have no result yet. */
  readonly openCalls: ReadonlyMap<string, string>;
  /** What the process has cost so far, in US dollars, as far as it has told. */
  readonly cost: number;
}

type Limit = 'max_turns' | 'max_budget';
/** After these the CLI would ask the model again on its own account. */
const cutReasons: ReadonlySet<TurnEndReason> = new Set(['max_tokens', 'context_window', 'refusal']);
const limits: Readonly<Record<string, Limit>> = { error_max_turns: 'max_turns', error_max_budget_usd: 'max_budget' };

/** Follows a turn of many steps: the model answers, its own tools run, it answers again, until it is done or calls the caller's tools. */
export function createAgentTurnReader(options: AgentTurnReaderOptions): AgentTurnReader {
  const { toolNames, lastTextOnly, costBefore } = options;
  const steps = createAgentSteps();
  const text = createAgentText(lastTextOnly);
  const usage = createStepsUsage(options);
  const notes = createUpstreamNotes(options);
  const renumber = renumberBlocks();
  const openCalls = new Map(options.openCalls);
  /** What came before the `turn-start`: results of calls of the turn before. */
  let early: TurnEvent[] = [];
  let answer: readonly ContentBlock[] = [];
  /** The one under way, or else the last one. */
  let step: AgentStep = createAgentStep(toolNames);
  let inStep = false;
  let model = '';
  let reason: TurnEndReason = 'end_turn';
  let ending: TurnEnd = { type: 'turn-end', reason };
  let cost = costBefore;
  let worked = openCalls.size > 0;
  let outcome: TurnOutcome | undefined;

  /** The calls of the caller's tools in the step that has ended: the turn can't go on without their results. */
  function callersCalls(): readonly ToolUseBlock[] {
    return inStep || reason !== 'tool_use' ? [] : step.callersCalls;
  }

  function end(endReason: TurnEndReason, how: TurnOutcome, limit?: Limit): TurnEvent[] {
    outcome = how;
    // Where the turn ends before the CLI's own reckoning, which then says the rest with the next turn.
    if (cost === costBefore) cost += usage.costUsd ?? 0;
    const calls = endReason === 'tool_use' ? callersCalls() : [];
    answer = toContent(step, text.whole, calls);
    return [
      ...text.end(),
      { type: 'usage', usage: usage.total, ...(cost > costBefore && { costUsd: cost - costBefore }), ...notes.facts },
      {
        ...ending,
        reason: endReason,
        // A text that is told after the calls stands before them in the step.
        ...((worked || steps.messages.length > 1 || (lastTextOnly && calls.length > 0)) && { steps: steps.messages }),
        ...(limit !== undefined && { limit }),
      },
    ];
  }

  function settle(): TurnEvent[] {
    return end('tool_use', step.damaged ? 'runaway' : 'calling');
  }

  function settleIfDone(): TurnEvent[] {
    return callersCalls().length > 0 && openCalls.size === 0 ? settle() : [];
  }

  function beginStep(message: Extract<CliStreamEvent, { type: 'message_start' }>['message']): TurnEvent[] {
    const isFirst = model === '';
    inStep = true;
    step = createAgentStep(toolNames);
    ({ model } = message);
    steps.beginAnswer();
    text.beginStep();
    usage.begin(model, message.usage);
    return isFirst ? [toTurnStart(message, usage.total), ...early] : [];
  }

  function endStep(event: Extract<CliStreamEvent, { type: 'message_delta' }>): TurnEvent[] {
    usage.update(event.usage);
    const ended = toEndReason(event.delta.stop_reason);
    // A broken stream is closed by the CLI without a reason; the failure follows.
    if (ended === undefined) return [];
    inStep = false;
    reason = ended;
    ending = toTurnEnd(event.delta, reason);
    steps.addAnswer(step.blocks, model);
    return cutReasons.has(reason) ? end(reason, 'runaway') : settleIfDone();
  }

  function tell(event: TurnEvent): TurnEvent[] {
    if (event.type === 'activity-start') {
      worked = true;
      openCalls.set(event.id, event.name);
    }
    return text.tell(event);
  }

  function readEvent(event: CliStreamEvent): TurnEvent[] {
    if (event.type === 'message_start') return beginStep(event.message);
    const events = step.add(event).flatMap(tell);
    return event.type === 'message_delta' ? [...events, ...endStep(event)] : events;
  }

  function readResults(message: CliToolResults): TurnEvent[] {
    const events = message.message.content.flatMap((block): TurnEvent[] => {
      const id = block.tool_use_id;
      const tool = openCalls.get(id);
      if (tool === undefined) return [];
      openCalls.delete(id);
      const denied = options.hasDenied(id) || isDenied(message, block);
      if (denied) options.onDenied(id, tool);
      return [{ type: 'activity-end', id, result: steps.addResult(block), isError: block.is_error === true, denied }];
    });
    if (model !== '') return [...events, ...settleIfDone()];
    early = [...early, ...events];
    return [];
  }

  function readEnd(result: CliResult): TurnEvent[] {
    cost = result.total_cost_usd ?? cost;
    const limit = limits[result.subtype];
    if (limit !== undefined && model !== '') return end('max_tokens', 'runaway', limit);
    const isGood = result.subtype === 'success' && !result.is_error && model !== '' && !inStep;
    if (!isGood) throw notes.toError(result);
    return end(reason === 'tool_use' ? 'end_turn' : reason, isLeftOut(step.blocks) ? 'runaway' : 'complete');
  }

  function readMessage(message: CliMessage): TurnEvent[] {
    if (message.type === 'stream_event') return isTopLevel(message) ? readEvent(message.event) : [];
    if (message.type === 'user') return isTopLevel(message) ? readResults(message) : [];
    if (message.type === 'assistant' && !isTopLevel(message)) usage.addSubagent(message.message);
    return message.type === 'result' ? readEnd(message) : [];
  }

  return {
    openCalls,
    settle: () => settle().map(renumber),
    get outcome() {
      return outcome;
    },
    get answer() {
      return answer;
    },
    get cost() {
      return cost;
    },
    get isHeldUp() {
      return outcome === undefined && callersCalls().length > 0 && step.earlierCalls.every((id) => !openCalls.has(id));
    },
    read(message) {
      if (outcome !== undefined) return [];
      notes.note(message);
      return readMessage(message).map(renumber);
    },
  };
}

/** What the caller got. The API wants back what led to calls; the thinking of earlier steps is among the steps. */
function toContent(last: AgentStep, text: string, calls: readonly ToolUseBlock[]): ContentBlock[] {
  const thinking = calls.length === 0 ? [] : last.blocks.filter(isThinking);
  return [...thinking, ...(text === '' ? [] : [{ type: 'text' as const, text }]), ...calls];
}

/** What a subagent says is no part of the answer. */
function isTopLevel({ parent_tool_use_id: parent }: { readonly parent_tool_use_id?: string | null | undefined }): boolean {
  return parent === null || parent === undefined;
}
