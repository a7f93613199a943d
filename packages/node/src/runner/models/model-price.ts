import type { ModelPrice } from '@claude-code-api/gateway';

/** Prices by the names of models, without a date. */
export type ModelPrices = Readonly<Record<string, ModelPrice>>;
