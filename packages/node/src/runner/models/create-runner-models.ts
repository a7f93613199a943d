import type { ModelPrice, RunnerModel } from '@claude-code-api/gateway';
import type { ListedModel } from './parse-models.ts';

/** Makes what gives models their prices; the same list for the same models. */
export function createRunnerModels(
  priceOf: (model: string) => ModelPrice | undefined,
): (listed: readonly ListedModel[]) => readonly RunnerModel[] {
  let last: { readonly listed: readonly ListedModel[]; readonly models: readonly RunnerModel[] } | undefined;
  return (listed) => {
    if (last?.listed !== listed) last = { listed, models: listed.map((model) => toRunnerModel(model, priceOf(model.resolvedId))) };
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
