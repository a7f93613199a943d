import type { ModelPrice } from '@claude-code-api/gateway';
import type { ModelPrices } from './model-price.ts';

/** As other providers write it: `us.anthropic.claude-x-20250101-v1:0`, `claude-x@20250101`; and a long context: `claude-x[1m]`. */
const beside = /^(?:.*\bclaude-)?(.*?)(?:\[\d+m\])?$/;
const dated = /^(.*?)(?:[-@](?:\d{8}|latest))?(?:-v\d+(?::\d+)?)?$/;

/** The price of a model by its full name, by that without its date, or undefined when it is not known. */
export function priceOf(model: string, prices: ModelPrices): ModelPrice | undefined {
  const name = model.replace(beside, 'claude-$1');
  return [model, name, name.replace(dated, '$1')].flatMap((each) => (Object.hasOwn(prices, each) ? [prices[each]] : []))[0];
}
