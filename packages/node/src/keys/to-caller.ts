import type { Caller, CallerLimits } from '@claude-code-api/gateway';
import type { KeySettings } from '../config/key-schema.ts';

/** Who calls with a key: a tenant of its own, under its name. */
export function toCaller(name: string, key: KeySettings): Caller {
  return {
    tenant: name,
    name,
    ...(key.models !== undefined && { models: key.models }),
    ...(!key.profiles.includes('*') && { profiles: key.profiles }),
    limits: toLimits(key),
    admin: key.admin,
  };
}

function toLimits(key: KeySettings): CallerLimits {
  return {
    ...(key.requests_per_minute !== undefined && { requestsPerMinute: key.requests_per_minute }),
    ...(key.tokens_per_minute !== undefined && { tokensPerMinute: key.tokens_per_minute }),
    ...(key.concurrent_turns !== undefined && { concurrentTurns: key.concurrent_turns }),
    ...(key.tokens_per_day !== undefined && { tokensPerDay: key.tokens_per_day }),
    ...(key.tokens_per_month !== undefined && { tokensPerMonth: key.tokens_per_month }),
    ...(key.usd_per_day !== undefined && { usdPerDay: key.usd_per_day }),
    ...(key.usd_per_month !== undefined && { usdPerMonth: key.usd_per_month }),
  };
}
