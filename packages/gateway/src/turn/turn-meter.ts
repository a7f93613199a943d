import type { RequestContext } from '../http/request-context.ts';
import type { TurnAllowance } from '../limits/create-limits.ts';
import type { ClaudeRunner } from '../ports/claude-runner.ts';
import type { Insight, TurnFacts } from '../ports/insight.ts';
import type { Turn } from './turn.ts';
import type { TurnEvent } from './turn-event.ts';
import { addUsage, noUsage, type Usage } from './usage.ts';

export interface TurnMeterOptions {
  readonly turn: Turn;
  readonly request: RequestContext;
  /** Undefined for a caller without limits. */
  readonly allowance: TurnAllowance | undefined;
  readonly insight: Insight | undefined;
  /** See `ClaudeRunner`. */
  readonly costOf: ClaudeRunner['costOf'];
  /** Whether what is said is written to the log. */
  readonly logContent: boolean;
}

/** Counts what a turn spends. */
export interface TurnMeter {
  /** It has its place. */
  begin(): void;
  /** @returns Whether this was the last that matters. */
  add(event: TurnEvent): boolean;
  /** Tells everyone who counts. Only the first time; a turn that never began has spent nothing. */
  end(outcome: TurnFacts['outcome']): Promise<void>;
}

/** About as many characters of English or code are one token: what a turn that was cut has said can only be estimated. */
const charactersPerToken = 4;

export function createTurnMeter({ turn, request, allowance, insight, costOf, logContent }: TurnMeterOptions): TurnMeter {
  const { record } = request;
  const queuedAt = performance.now();
  let begunAt: number | undefined;
  let usage: Usage | undefined;
  let isExact = false;
  let model = '';
  let costUsd: number | undefined;
  let said = 0;
  let answer = '';
  let isOver = false;

  function count(text: string): void {
    said += text.length;
    record.firstTokenAt ??= performance.now();
    if (logContent) answer += text;
  }

  /** Of what was cut; nothing, when it was cut before the API had taken it. */
  function spent(): Usage {
    if (usage === undefined || isExact) return usage ?? noUsage;
    return { ...usage, outputTokens: Math.max(usage.outputTokens, Math.ceil(said / charactersPerToken)) };
  }

  return {
    begin() {
      begunAt = performance.now();
    },
    add(event) {
      switch (event.type) {
        case 'turn-start':
          ({ usage, model } = event);
          return false;
        case 'text-delta':
        case 'reasoning-delta':
          count(event.text);
          return false;
        case 'tool-call-delta':
          count(event.json);
          return false;
        case 'tool-call-start':
        case 'activity-start':
          count(event.name);
          return false;
        case 'activity-end':
          return false;
        case 'usage':
          ({ usage, costUsd } = event);
          isExact = true;
          return false;
        case 'turn-end':
          return true;
      }
    },
    async end(outcome) {
      if (isOver) return;
      isOver = true;
      const total = spent();
      if (usage !== undefined && !isExact) costUsd = costOf?.(model, total);
      record.usage = record.usage === undefined ? total : addUsage(record.usage, total);
      if (costUsd !== undefined) record.costUsd = (record.costUsd ?? 0) + costUsd;
      if (begunAt !== undefined) {
        const { caller } = request;
        insight?.turnEnded({
          caller: caller.name ?? caller.tenant,
          model: turn.model,
          profile: turn.profile,
          outcome,
          usage: total,
          costUsd,
          queuedMs: begunAt - queuedAt,
        });
        if (logContent) request.logger.info({ system: turn.system, messages: turn.messages, answer }, 'turn');
      }
      await allowance?.end({ usage: total, ...(costUsd !== undefined && { costUsd }) });
    },
  };
}
