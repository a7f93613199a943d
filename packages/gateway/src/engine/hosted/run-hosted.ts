import { foldExchange } from '../../conversations/fold-exchange.ts';
import { badRequest, GatewayError } from '../../gateway-error.ts';
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
import type { HostedTools, RunHostedOptions } from './hosted-tools.ts';

type UsageEvent = Extract<TurnEvent, { type: 'usage' }>;

/**
 * Runs a turn whose tools are partly called here: first what the caller has allowed, then the turn, and again with the results of its calls,
 * until it is done, or waits for the caller: for its results, or for its leave. To who hears it, it is one turn.
 *
 * @throws {GatewayError} What fails a turn; once a call has been made, clients are told not to try again by themselves.
 */
export async function* runHosted(turn: Turn, hosted: HostedTools, options: RunHostedOptions): AsyncGenerator<TurnEvent, void, undefined> {
  const caller = createCaller(hosted, options);
  try {
    yield* runRounds(turn, { hosted, run: options.run }, caller);
  } catch (error) {
    throw caller.hasCalled() && GatewayError.isInstance(error) ? error.with({ shouldRetry: false }) : error;
  }
}

async function* runRounds(
  turn: Turn,
  { hosted, run }: Pick<RunHostedOptions, 'run'> & { readonly hosted: HostedTools },
  caller: Caller,
): AsyncGenerator<TurnEvent, void, undefined> {
  const exchange = foldExchange();
  const renumber = renumberBlocks();
  let usage: UsageEvent = { type: 'usage', usage: noUsage };
  let next = turn;

  function* tell(event: TurnEvent): Generator<TurnEvent, void, undefined> {
    exchange.add(event);
    yield event;
  }

  const approved = approvedCalls(turn.messages);
  checkApproved(approved, hosted);
  for (const { id, name, input } of approved) yield* tell({ type: 'call-start', id, name, input });
  if (approved.length > 0) {
    const results = await caller.call(approved);
    yield* tell({ type: 'calls-end', results });
    const { messageDigests: _digests, ...rest } = turn;
    next = { ...rest, messages: withApproved(turn.messages, results) };
  }
  const asked = next.messages;
  for (let isFirst = true; ; isFirst = false) {
    const fold = foldTurn();
    let end: TurnEnd | undefined;
    for await (const event of run(next)) {
      fold.add(event);
      if (event.type === 'usage') usage = isFirst ? event : sum(usage, event);
      else if (event.type === 'turn-end') end = event;
      else if (event.type !== 'turn-start' || isFirst) yield* tell(renumber(event));
    }
    if (end === undefined) return;
    const calls = fold.answer.blocks.flatMap((block) => toContentBlock(block) ?? []).filter((block) => block.type === 'tool_use');
    const own = end.reason === 'tool_use' ? calls.filter(({ name }) => hosted.known.get(name)?.needsApproval === false) : [];
    const { steps, ...ending } = end;
    // A model that goes on calling all the same, though it was told to do without, is done too.
    const isOver = caller.isDone();
    if (own.length > 0) yield* tell({ type: 'calls-end', results: await caller.call(own), ...(steps !== undefined && { steps }) });
    if (own.length === 0 || own.length < calls.length || isOver) {
      yield usage;
      yield own.length === 0 ? end : ending;
      return;
    }
    next = goOn(next, [...asked, ...exchange.messages()], caller.isDone());
  }
}

interface Caller {
  call(calls: readonly ToolUseBlock[]): Promise<readonly CallResult[]>;
  readonly hasCalled: () => boolean;
  /** Whether no more calls are made. */
  readonly isDone: () => boolean;
}

function createCaller(hosted: HostedTools, { maxCalls = 100, signal }: RunHostedOptions): Caller {
  let left = maxCalls;
  return {
    async call(calls) {
      const allowed = calls.slice(0, left);
      left -= allowed.length;
      const made = await Promise.all(allowed.map(async ({ id, name, input }) => ({ id, ...(await hosted.call(name, input, signal)) })));
      const text = `No more than ${maxCalls} calls are allowed.`;
      return [...made, ...calls.slice(allowed.length).map(({ id }) => ({ id, text, isError: true }))];
    },
    hasCalled: () => left < maxCalls,
    isDone: () => left === 0,
  };
}

function goOn(turn: Turn, messages: readonly Message[], isLast: boolean): Turn {
  const { messageDigests: _digests, toolChoice, ...rest } = turn;
  const choice = isLast ? ({ type: 'none' } as const) : onceForced(toolChoice);
  return { ...rest, ...(choice !== undefined && { toolChoice: choice }), messages: normalizeMessages(messages) };
}

/** A call is forced once: the model would never come to an end. */
function onceForced(choice: ToolChoice | undefined): ToolChoice | undefined {
  return choice?.type === 'any' || choice?.type === 'tool'
    ? choice.disableParallel
      ? { type: 'auto', disableParallel: true }
      : undefined
    : choice;
}

function sum(before: UsageEvent, event: UsageEvent): UsageEvent {
  const costs = [before.costUsd, event.costUsd].filter((cost) => cost !== undefined);
  return {
    ...event,
    usage: addUsage(before.usage, event.usage),
    ...(costs.length > 0 && { costUsd: costs.reduce((total, cost) => total + cost, 0) }),
  };
}

/**
 * Looks whether what the caller has allowed can be done.
 *
 * @throws {GatewayError} 400 for a call of a tool that the request's servers do not have.
 */
function checkApproved(calls: readonly ToolUseBlock[], { known }: Pick<HostedTools, 'known'>): void {
  for (const { name } of calls) {
    if (known.has(name)) continue;
    throw badRequest(
      `The call of '${name}' that was allowed can't be made: no MCP server among 'tools' has such a tool. Send its server again.`,
      'tools',
    );
  }
}
