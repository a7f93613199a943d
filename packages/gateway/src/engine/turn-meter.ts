import { GatewayError } from '../gateway-error.ts';
import type { RequestContext } from './request-context.ts';
import { costAt } from '../models/cost-of.ts';
import type { TurnAllowance } from '../quotas/create-quotas.ts';
import type { ClaudeRunner, TurnSpending } from '../ports/claude-runner.ts';
import type { Insight, TurnFacts, TurnTrace } from '../ports/insight.ts';
import type { Turn } from '../turn/turn.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import { addUsage, noUsage, type Usage } from '../turn/usage.ts';
import { charactersPerToken, estimateInput } from './count-input.ts';

export interface TurnMeterOptions {
  readonly turn: Turn;
  readonly request: RequestContext;
  /** Undefined for a caller without limits. */
  readonly allowance: TurnAllowance | undefined;
  readonly insight: Insight | undefined;
  /** See `ClaudeRunner`. */
  readonly runner: Pick<ClaudeRunner, 'models' | 'costOf'>;
  /** Whether what is said is written to the log. */
  readonly logContent: boolean;
  /** When it began to wait for its place, by `performance.now()`. */
  readonly queuedAt: number;
  /** Undefined: nobody follows it. */
  readonly trace: TurnTrace | undefined;
}

/** Counts what a turn spends. */
export interface TurnMeter extends TurnSpending {
  /** Is told that the turn has its place. */
  begin(): void;
  /** @returns Whether this was the last that matters. */
  add(event: TurnEvent): boolean;
  /** Tells everyone who counts. Only the first time; a turn that was never sent has spent nothing, nor has one that the API refused. */
  end(outcome: TurnFacts['outcome'], error?: unknown): Promise<void>;
}

export function createTurnMeter({ turn, request, allowance, insight, runner, logContent, queuedAt, trace }: TurnMeterOptions): TurnMeter {
  const { record, caller } = request;
  let begunAt: number | undefined;
  let isSent = false;
  let usage: Usage | undefined;
  let isExact = false;
  let { model } = turn;
  let costUsd: number | undefined;
  let said = 0;
  let answer = '';
  let isOver = false;
  let tellEnd = (): void => {};
  const ended = new Promise<void>((resolve) => {
    tellEnd = resolve;
  });

  function count(text: string): void {
    said += text.length;
    record.firstTokenAt ??= performance.now();
    if (logContent) answer += text;
  }

  /** What the turn has used. Of a turn that was cut: its input as far as the API has told it, and at least what it has said. */
  function spent(isCut: boolean): Usage {
    if (isExact || (usage === undefined && !(isSent && isCut))) return usage ?? noUsage;
    const known = usage ?? noUsage;
    const hasInput = known.inputTokens + known.cacheReadTokens + known.cacheWriteTokens > 0;
    return {
      ...known,
      ...(!hasInput && { inputTokens: estimateInput(turn) }),
      outputTokens: Math.max(known.outputTokens, Math.ceil(said / charactersPerToken)),
    };
  }

  /** What the runner has told, and the rest at the price of the model that answers, or else of the one that was asked. */
  async function costOfAll(total: Usage): Promise<number | undefined> {
    const price = async (tokens: Usage): Promise<number | undefined> =>
      (await costAt(runner, model, tokens)) ?? (model === turn.model ? undefined : costAt(runner, turn.model, tokens));
    if (costUsd === undefined || usage === undefined) return price(total);
    return costUsd + ((await price({ ...noUsage, outputTokens: total.outputTokens - usage.outputTokens })) ?? 0);
  }

  return {
    begin() {
      begunAt = performance.now();
      record.underway.add(ended);
    },
    sent() {
      isSent = true;
    },
    used(soFar, cost) {
      usage = soFar;
      costUsd = cost;
    },
    add(event) {
      trace?.told(event);
      switch (event.type) {
        case 'turn-start':
          // The runner may have told more already.
          usage ??= event.usage;
          ({ model } = event);
          return false;
        case 'block-start':
          if (event.block.type === 'tool_use') count(event.block.name);
          return false;
        case 'text-delta':
          count(event.text);
          return false;
        case 'thinking-delta':
          count(event.thinking);
          return false;
        case 'input-delta':
          count(event.json);
          return false;
        case 'activity-start':
          count(event.name);
          return false;
        case 'usage':
          ({ usage, costUsd } = event);
          record.upstreamRequestId = event.upstreamRequestId ?? record.upstreamRequestId;
          isExact = true;
          return false;
        case 'turn-end':
          return true;
        default:
          return false;
      }
    },
    async end(outcome, error) {
      if (isOver) return;
      isOver = true;
      const total = spent(outcome === 'left' || isTimeout(error));
      const told = total === noUsage || isExact ? costUsd : undefined;
      // A runner that can't list its models knows no prices either.
      const cost = told ?? (total === noUsage ? undefined : await costOfAll(total).catch(() => undefined));
      record.usage = record.usage === undefined ? total : addUsage(record.usage, total);
      if (cost !== undefined) record.costUsd = (record.costUsd ?? 0) + cost;
      record.underway.delete(ended);
      tellEnd();
      const facts: TurnFacts = {
        caller: caller.name ?? caller.tenant,
        model: turn.model,
        profile: turn.profile,
        outcome,
        usage: total,
        costUsd: cost,
        queuedMs: (begunAt ?? performance.now()) - queuedAt,
      };
      trace?.ended(facts, error);
      if (begunAt !== undefined) {
        insight?.turnEnded(facts);
        if (logContent) request.logger.info({ system: turn.system, messages: turn.messages, answer }, 'turn');
      }
      await allowance?.end({ usage: total, ...(cost !== undefined && { costUsd: cost }) });
    },
  };
}

/** The API may have worked all the time; other failures before its first word cost nothing. */
function isTimeout(error: unknown): boolean {
  return GatewayError.isInstance(error) && error.status === 504;
}
