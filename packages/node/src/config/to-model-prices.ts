import type { ModelPrices } from '../runner/models/model-price.ts';
import type { Settings } from './settings-schema.ts';

/** The prices of the settings, as the runner takes them. */
export function toModelPrices(prices: Settings['models']['prices']): ModelPrices {
  return Object.fromEntries(
    Object.entries(prices).map(
      ([model, { input, output, cache_write: cacheWrite, cache_write_1h: cacheWriteHour, cache_read: cacheRead }]) => [
        model,
        { input, output, cacheWrite, cacheWriteHour, cacheRead },
      ],
    ),
  );
}
