import { listPrices } from './list-prices.ts';
import type { ModelPrice } from '@claude-code-api/gateway';
import type { ModelPrices } from './model-price.ts';
import type { ListedModel } from './parse-models.ts';
import { priceOf } from './price-of.ts';

export interface PriceListOptions {
  /** What wins over the list prices. */
  readonly prices: ModelPrices;
  /** What the CLI says of its models. */
  readonly listed: () => readonly ListedModel[];
}

/** Tells what a model costs, by its full name; undefined where that is not known. */
export function createPriceList({ prices, listed }: PriceListOptions): (model: string) => ModelPrice | undefined {
  return (model) => {
    const given = priceOf(model, prices);
    if (given !== undefined) return given;
    const known = priceOf(model, listPrices);
    const told = listed().find(({ resolvedId }) => resolvedId === model)?.price;
    // The CLI tells less than a list price says, but it may be newer.
    return told !== undefined && (told.input !== known?.input || told.output !== known.output) ? told : known;
  };
}
