import type { QuotaStore } from '@claude-code-api/gateway';
import { readLimits } from '@claude-code-api/gateway/stores';
import type { KeySettings } from '../config/key-schema.ts';
import type { KeyLimitStats } from '../insight/stats.ts';
import { toCaller } from './to-caller.ts';

/** How the limits of all keys stand, by the names of the settings. Empty where none has any, or where it is not known. */
export async function readKeyLimits(keys: Readonly<Record<string, KeySettings>>, store: QuotaStore): Promise<KeyLimitStats[]> {
  const read = Object.entries(keys).map(async ([key, settings]): Promise<KeyLimitStats[]> => {
    const limits = await readLimits(store, toCaller(key, settings), Date.now());
    return limits.map(({ name, limit, remaining, resetMs }) => ({
      key,
      name: toSettingName(name),
      limit,
      left: remaining,
      full_in_ms: resetMs,
    }));
  });
  // A store that fails has said so itself.
  return (await Promise.allSettled(read)).flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
}

/** `tokensPerDay` as `tokens_per_day`. */
function toSettingName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
