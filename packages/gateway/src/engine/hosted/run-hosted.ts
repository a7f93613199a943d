import { foldExchange, type ExchangeFold } from '../../conversations/fold-exchange.ts';
import { GatewayError } from '../../gateway-error.ts';
import { approvedCalls, withApproved } from '../../turn/approved-call.ts';
import { renumberBlocks } from '../../turn/block-events.ts';
import type { ToolUseBlock } from '../../turn/content-block.ts';
import { foldTurn, toContentBlock } from '../../turn/fold-turn.ts';
import type { Message } from '../../turn/message.ts';
import { normalizeMessages } from '../../turn/normalize-messages.ts';
import type { ToolChoice } from '../../turn/tool.ts';
import type { Turn } from '../../turn/turn.ts';
import type { CallResult, TurnEnd, TurnEvent } from '../../turn/turn-event.ts';
import { addUsage, noUsage } from '../../turn/usage.ts';
import type { HostedTools } from './hosted-tools.ts';

export interface RunHostedOptions {
  readonly hosted: HostedTools;
  /** As many calls are made at most; after them the model must do without. */
  readonly maxCalls: number;
  readonly run: (turn: Turn) => AsyncIterable<TurnEvent>;
  readonly signal: AbortSignal;
}

type UsageEvent = Extract<TurnEvent, { type: 'usage' }>;

/**
 * Runs a turn whose tools are partly called here: first what the caller has allowed, then the turn, and again with the results of its calls,
 * until it is done, or waits for the caller: for its results, or for its leave. To who hears it, it is one turn.
 *
 * @throws {GatewayError} What fails a turn; once a call has been made, clients are told not to try again by themselves.
 */
export async function* runHosted(turn: Turn, options: RunHostedOptions): AsyncGenerator<TurnEvent, void, undefined> {
  const { hosted, run, signal, maxCalls } = options;
  const exchange = foldExchange();
  const renumber = renumberBlocks();
  let left = maxCalls;
  let hasCalled = false;
  let usage: UsageEvent | undefined;

  async function call(calls: readonly ToolUseBlock[]): Promise<readonly CallResult[]> {
    const allowed = calls.slice(0, left);
    left -= allowed.length;
    hasCalled ||= allowed.length > 0;
    const made = await Promise.all(allowed.map(async ({ id, name, input }) => ({ id, ...(await hosted.call(name, input, signal)) })));
    return [
      ...made,
      ...calls.slice(allowed.length).map(({ id }) => ({ id, text: `No more than ${maxCalls} calls are allowed.`, isError: true })),
    ];
  }

  function* tell(event: TurnEvent): Generator<TurnEvent> {
    exchange.add(event);
    yield event;
  }

  try {
    let { messageDigests: _digests, ...next }: Turn = turn;
    const approved = approvedCalls(turn.messages);
    if (approved.length > 0) {
      for (const { id, name, input } of approved) yield* tell({ type: 'call-start', id, name, input });
      const results = await call(approved);
      yield* tell({ type: 'calls-end', results });
      next = { ...next, messages: withApproved(turn.messages, results) };
    } else next = turn;
    const asked = next.messages;
    for (let isFirst = true; ; isFirst = false) {
      const fold = foldTurn();
      let end: TurnEnd | undefined;
      for await (const event of run(next)) {
        fold.add(event);
        if (event.type === 'usage') usage = sum(usage, event);
        else if (event.type === 'turn-end') end = event;
        else if (event.type !== 'turn-start' || isFirst) yield* tell(renumber(event));
      }
      if (end === undefined) return;
      const calls = fold.answer.blocks.flatMap((block) => toContentBlock(block) ?? []).filter((block) => block.type === 'tool_use');
      const own = end.reason === 'tool_use' ? calls.filter(({ name }) => hosted.known.get(name)?.needsApproval === false) : [];
      if (own.length === 0) return yield* finish(end);
      const { steps, ...ending } = end;
      yield* tell({ type: 'calls-end', results: await call(own), ...(steps !== undefined && { steps }) });
      if (own.length < calls.length) return yield* finish(ending);
      next = goOn(next, asked, exchange, left === 0);
    }
  } catch (error) {
    throw hasCalled && GatewayError.isInstance(error) ? error.with({ shouldRetry: false }) : error;
  }

  function* finish(end: TurnEnd): Generator<TurnEvent> {
    yield usage ?? { type: 'usage', usage: noUsage };
    yield end;
  }
}

function goOn(turn: Turn, asked: readonly Message[], exchange: ExchangeFold, isLast: boolean): Turn {
  const { messageDigests: _digests, toolChoice, ...rest } = turn;
  const choice = isLast ? ({ type: 'none' } as const) : onceForced(toolChoice);
  return { ...rest, ...(choice !== undefined && { toolChoice: choice }), messages: normalizeMessages([...asked, ...exchange.messages()]) };
}

/** A call is forced once: the model would never come to an end. */
function onceForced(choice: ToolChoice | undefined): ToolChoice | undefined {
  return choice?.type === 'any' || choice?.type === 'tool'
    ? choice.disableParallel
      ? { type: 'auto', disableParallel: true }
      : undefined
    : choice;
}

function sum(before: UsageEvent | undefined, event: UsageEvent): UsageEvent {
  if (before === undefined) return event;
  const costs = [before.costUsd, event.costUsd].filter((cost) => cost !== undefined);
  return {
    ...event,
    usage: addUsage(before.usage, event.usage),
    ...(costs.length > 0 && { costUsd: costs.reduce((total, cost) => total + cost, 0) }),
  };
}
