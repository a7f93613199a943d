import type { Caller } from '../ports/caller.ts';
import { createPresence } from '../basics/presence.ts';
import { costAt } from '../models/cost-of.ts';
import type { ClaudeRunner } from '../ports/claude-runner.ts';
import type { MeterAmount, MeterState, QuotaStore } from '../ports/quota-store.ts';
import { noUsage, type Usage } from '../turn/usage.ts';
import { noPrice, overLimit, toDuration, tooManyTurns } from './quota-errors.ts';
import { type CallerMeter, type MeteredLimit, toMeters } from './meters.ts';

export interface QuotasOptions {
  readonly store: QuotaStore;
  /** Says what models cost. Default: nobody knows. */
  readonly runner?: Pick<ClaudeRunner, 'models' | 'costOf'>;
  /** Unix time in milliseconds, for days and months. Default: the clock's. */
  readonly now?: () => number;
}

/** Holds callers to their limits. */
export interface Quotas {
  /**
   * Counts a request.
   *
   * @returns The headers of its reply that tell how its limits stand: `x-ratelimit-*` and `anthropic-ratelimit-*`.
   * @throws {GatewayError} 429 when one of the caller's limits is used up, of tokens and dollars too.
   */
  admitRequest(caller: Caller): Promise<Readonly<Record<string, string>>>;
  /** @throws {GatewayError} 429 when the caller has as many turns running as they may, 400 for a model without a price when they have a limit in dollars. */
  beginTurn(caller: Caller, model: string): Promise<TurnAllowance>;
}

export interface TurnAllowance {
  /** Counts what the turn has spent, and gives its place back. Once; it never fails. */
  end(spent: TurnCost): Promise<void>;
}

export interface TurnCost {
  readonly usage: Usage;
  /** Absent where it is not known. */
  readonly costUsd?: number;
}

const noHeaders = {};
const headerNames: Partial<Record<MeteredLimit, string>> = { requestsPerMinute: 'requests', tokensPerMinute: 'tokens' };

export function createQuotas({ store, runner, now = Date.now }: QuotasOptions): Quotas {
  const presence = createPresence();

  async function checkPrice({ limits }: Caller, model: string): Promise<void> {
    if (limits?.usdPerDay === undefined && limits?.usdPerMonth === undefined) return;
    if (runner === undefined || (await costAt(runner, model, noUsage)) === undefined) throw noPrice(model);
  }

  /** @returns What gives the place back. */
  async function enter(caller: Caller): Promise<() => Promise<void>> {
    const limit = caller.limits?.concurrentTurns;
    if (limit === undefined) return async () => {};
    const present = presence();
    try {
      const leave = await store.enter(`turns:${caller.tenant}`, limit);
      if (leave === undefined) throw tooManyTurns(caller);
      present.gone = () => void leave().catch(() => {});
      return async () => {
        present.leave();
        await leave();
      };
    } catch (error) {
      present.leave();
      throw error;
    }
  }

  async function spend(caller: Caller, spent: TurnCost): Promise<void> {
    const amounts = toMeters(caller, now()).flatMap(({ name, meter }): MeterAmount[] => {
      const amount = amountOf(name, spent);
      return amount > 0 ? [{ meter, amount }] : [];
    });
    if (amounts.length > 0) await store.take(amounts, false);
  }

  return {
    async admitRequest(caller) {
      if (caller.limits === undefined) return noHeaders;
      const meters = toMeters(caller, now());
      if (meters.length === 0) return noHeaders;
      const amounts = meters.map(({ name, meter }) => ({ meter, amount: name === 'requestsPerMinute' ? 1 : 0 }));
      const { taken, states } = await store.take(amounts, true);
      const headers = toHeaders(meters, states, now());
      if (taken) return headers;
      const [refused] = meters
        .flatMap((each, index) => ({ each, state: states[index] }))
        .filter(({ state }) => (state?.waitMs ?? 0) > 0)
        .toSorted((one, other) => (other.state?.waitMs ?? 0) - (one.state?.waitMs ?? 0));
      if (refused?.state === undefined) return headers;
      throw overLimit(refused.each, refused.state, headers);
    },

    async beginTurn(caller, model) {
      await checkPrice(caller, model);
      const leave = await enter(caller);
      let isOver = false;
      return {
        async end(spent) {
          if (isOver) return;
          isOver = true;
          // A store that fails has said so itself; the caller has the answer.
          await Promise.allSettled([spend(caller, spent), leave()]);
        },
      };
    },
  };
}

/** As Anthropic's own limits count: what is read from the prompt cache costs a tenth, and counts for nothing. */
function amountOf(name: MeteredLimit, { usage, costUsd = 0 }: TurnCost): number {
  switch (name) {
    case 'requestsPerMinute':
      return 0;
    case 'tokensPerMinute':
    case 'tokensPerDay':
    case 'tokensPerMonth':
      return usage.inputTokens + usage.cacheWriteTokens + usage.outputTokens;
    case 'usdPerDay':
    case 'usdPerMonth':
      return costUsd;
  }
}

/** As OpenAI's clients know them, and as Anthropic's do. */
function toHeaders(meters: readonly CallerMeter[], states: readonly MeterState[], now: number): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  meters.forEach(({ name, meter }, index) => {
    const what = headerNames[name];
    const state = states[index];
    if (what === undefined || state === undefined) return;
    const [limit, remaining] = [meter.limit, Math.max(0, Math.floor(state.remaining))].map(String);
    Object.assign(headers, {
      [`x-ratelimit-limit-${what}`]: limit,
      [`x-ratelimit-remaining-${what}`]: remaining,
      [`x-ratelimit-reset-${what}`]: toDuration(state.resetMs),
      [`anthropic-ratelimit-${what}-limit`]: limit,
      [`anthropic-ratelimit-${what}-remaining`]: remaining,
      [`anthropic-ratelimit-${what}-reset`]: new Date(now + state.resetMs).toISOString(),
    });
  });
  return headers;
}
