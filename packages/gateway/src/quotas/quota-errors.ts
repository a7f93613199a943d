import { GatewayError } from '../gateway-error.ts';
import type { Caller } from '../ports/caller.ts';
import type { MeterState } from '../ports/quota-store.ts';
import type { CallerMeter, MeteredLimit } from './meters.ts';

const words: Readonly<Record<MeteredLimit, string>> = {
  requestsPerMinute: 'requests per min (RPM)',
  tokensPerMinute: 'tokens per min (TPM)',
  tokensPerDay: 'tokens a day',
  tokensPerMonth: 'tokens a month',
  usdPerDay: 'US dollars a day',
  usdPerMonth: 'US dollars a month',
};

/** The error of a caller who has used up a limit, in OpenAI's words. */
export function overLimit({ name, meter }: CallerMeter, state: MeterState, headers: Readonly<Record<string, string>>): GatewayError {
  const retryAfterSeconds = Math.max(1, Math.ceil(state.waitMs / 1000));
  if (meter.kind === 'budget') {
    return new GatewayError(
      `You exceeded your current quota of ${meter.limit} ${words[name]}, which is renewed at ${new Date(meter.endsAt).toISOString()}. The operator of this server can raise it.`,
      { status: 429, code: 'insufficient_quota', retryAfterSeconds, shouldRetry: false, headers },
    );
  }
  const used = Math.ceil(meter.limit - state.remaining);
  return new GatewayError(
    `Rate limit reached for your API key on ${words[name]}: Limit ${meter.limit}, Used ${used}. Please try again in ${toDuration(state.waitMs)}.`,
    { status: 429, code: 'rate_limit_exceeded', resource: name === 'tokensPerMinute' ? 'tokens' : 'requests', retryAfterSeconds, headers },
  );
}

/** The error of a caller who has as many turns running as they may. */
export function tooManyTurns({ limits }: Caller): GatewayError {
  return new GatewayError(
    `Rate limit reached for your API key on requests at once: Limit ${limits?.concurrentTurns ?? 0}. Please try again when one of them has ended.`,
    { status: 429, code: 'rate_limit_exceeded', retryAfterSeconds: 1 },
  );
}

/** The error of a caller with a limit in dollars who asks for a model of which nobody knows what it costs. */
export function noPrice(model: string): GatewayError {
  return new GatewayError(
    `The price of the model \`${model}\` is not known, so it can't be counted for your limit in US dollars. Ask for another model; the operator of this server can say what it costs.`,
    { status: 400, code: 'model_price_unknown', param: 'model' },
  );
}

/** A time as OpenAI's `x-ratelimit-reset-*` headers tell it: `12ms`, `1.2s`, `6m0s`, `23h59m1s`. */
export function toDuration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`;
  if (ms < 60_000) return `${Math.ceil(ms / 100) / 10}s`;
  const seconds = Math.ceil(ms / 1000);
  const hours = Math.floor(seconds / 3600);
  return `${hours > 0 ? `${hours}h` : ''}${Math.floor((seconds % 3600) / 60)}m${seconds % 60}s`;
}
