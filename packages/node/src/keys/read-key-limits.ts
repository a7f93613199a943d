import type { QuotaStore } from '@claude-code-api/gateway';
import { readLimits } from '@claude-code-api/gateway/stores';
import type { KeySettings } from '../config/key-schema.ts';
import type { KeyLimitStats } from '../insight/stats.ts';
import { toCaller } from './to-caller.ts';

/** How the limits of all keys stand, by the names of the settings. Empty where none has any, or where it is not known. */
export async function readKeyLimits(keys: Readonly<Record<string, KeySettings>>, store: QuotaStore): Promise<KeyLimitStats[]> {
  const callers = Object.entries(keys).map(([name, settings]) => toCaller(name, settings));
  // A store that fails has said so itself.
  const limits = await readLimits(store, callers, Date.now()).catch(() => []);
  return limits.map(({ tenant: key, name, limit, remaining, resetMs }) => ({
    key,
    name: toSettingName(name),
    limit,
    left: remaining,
    full_in_ms: resetMs,
  }));
}

/** `tokensPerDay` as `tokens_per_day`. */
function toSettingName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
