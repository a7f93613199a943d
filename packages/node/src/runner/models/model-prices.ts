import type { ModelPrice, RunnerModel } from '@claude-code-api/gateway';
import type { ListedModel } from './parse-models.ts';

/** Prices by the names of models, without a date. */
export type ModelPrices = Readonly<Record<string, ModelPrice>>;

const sonnet = { input: 3, output: 15 };
const firstOpus = { input: 15, output: 75 };
const opus = { input: 5, output: 25 };
const fable = { input: 10, output: 50 };
const newFable = { input: 10, output: 50, cacheRead: 0.25 };
const newestFable = { input: 8, output: 40, cacheRead: 0.2 };

/**
 * The list prices of 2026-11-23, as Claude Code 2.1.330 reckons with them.
 *
 * @see https://platform.claude.com/docs/en/about-claude/pricing
 */
export const listPrices: ModelPrices = {
  'claude-3-5-haiku': { input: 0.8, output: 4 },
  'claude-haiku-4-5': { input: 1, output: 5 },
  'claude-haiku-5-5': { input: 0.1, output: 0.5, longPrompt: { above: 100_000, input: 0.5, output: 2.5 } },
  'claude-3-5-sonnet': sonnet,
  'claude-3-7-sonnet': sonnet,
  'claude-sonnet-4': sonnet,
  'claude-sonnet-4-0': sonnet,
  'claude-sonnet-4-5': sonnet,
  'claude-sonnet-4-6': sonnet,
  'claude-sonnet-5': { input: 2, output: 10 },
  'claude-sonnet-5-5': { input: 2, output: 10, cacheRead: 0.1 },
  'claude-opus-4': firstOpus,
  'claude-opus-4-0': firstOpus,
  'claude-opus-4-1': firstOpus,
  'claude-opus-4-5': opus,
  'claude-opus-4-6': opus,
  'claude-opus-4-7': opus,
  'claude-opus-4-8': opus,
  'claude-opus-5': opus,
  'claude-opus-5-5': { input: 4, output: 20, cacheRead: 0.2 },
  'claude-fable-5': fable,
  'claude-fable-5-1': newFable,
  'claude-fable-5-2': newestFable,
  'claude-mythos-5': fable,
  'claude-mythos-5-1': newFable,
  'claude-mythos-5-2': newestFable,
};

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

/** As other providers write it: `us.anthropic.claude-x-20250101-v1:0`, `claude-x@20250101`; and a long context: `claude-x[1m]`. */
const beside = /^(?:.*\bclaude-)?(.*?)(?:\[\d+m\])?$/;
const dated = /^(.*?)(?:[-@](?:\d{8}|latest))?(?:-v\d+(?::\d+)?)?$/;

/** The price of a model by its full name, by that without its date, or undefined when it is not known. */
export function priceOf(model: string, prices: ModelPrices): ModelPrice | undefined {
  const name = model.replace(beside, 'claude-$1');
  return [model, name, name.replace(dated, '$1')].flatMap((each) => (Object.hasOwn(prices, each) ? [prices[each]] : []))[0];
}

/** Makes what gives models their prices; the same list for the same models. */
export function createRunnerModels(
  costOf: (model: string) => ModelPrice | undefined,
): (listed: readonly ListedModel[]) => readonly RunnerModel[] {
  let last: { readonly listed: readonly ListedModel[]; readonly models: readonly RunnerModel[] } | undefined;
  return (listed) => {
    if (last?.listed !== listed) last = { listed, models: listed.map((model) => toRunnerModel(model, costOf(model.resolvedId))) };
    return last.models;
  };
}

function toRunnerModel({ price: _told, ...model }: ListedModel, prices: ModelPrice | undefined): RunnerModel {
  const { id, resolvedId } = model;
  return {
    ...model,
    ...(prices !== undefined && { prices }),
    // What the CLI's names say; it tells no more of a model that nobody has asked yet.
    ...([id, resolvedId].some((name) => name.endsWith('[1m]')) && { contextWindow: 1_000_000 }),
    ...(/\bclaude-/.test(resolvedId) && { inputModalities: ['text', 'image', 'file'] as const }),
  };
}
