import * as z from 'zod/mini';
import { keepAnswers } from '../basics/keep-answers.ts';
import type { ModelAbilities, ModelPrice, RunnerModel } from '../ports/claude-runner.ts';
import { askApi, type ApiOptions } from './ask-api.ts';
import { abilitiesOf } from './model-abilities.ts';

const keptMs = 300_000;
/** Names for the newest model of each family, the default first. */
const families = ['sonnet', 'opus', 'haiku', 'fable'];

const modelList = z.object({ data: z.array(z.looseObject({ id: z.string(), display_name: z.optional(z.string()) })) });

type PriceOf = (model: string) => ModelPrice | undefined;

/** The models that the Messages API offers. */
export interface ApiModels {
  /**
   * All of them, and a short name for the newest of each family; the answer is kept for five minutes.
   *
   * @throws {GatewayError} When the API can't be asked.
   */
  list(): Promise<readonly RunnerModel[]>;
  /** The full name of a model; a name that is not known stays as it is. */
  fullName(model: string): Promise<string>;
  /** The same by what was listed last, without asking. */
  knownName(model: string): string;
  /** What a model takes, by any of its names. */
  abilities(model: string): Promise<ModelAbilities>;
}

/**
 * Asks the API for its models when they are needed.
 *
 * @see https://platform.claude.com/docs/en/api/models-list
 */
export function createApiModels(api: ApiOptions, priceOf: PriceOf, signal: AbortSignal): ApiModels {
  let known: readonly RunnerModel[] = [];

  const getModels = keepAnswers(async () => {
    const answer = await askApi({ path: '/v1/models?limit=1000', body: undefined, betas: [], model: '', signal }, api);
    known = toModels(modelList.parse(await answer.json()).data, priceOf);
    return known;
  }, keptMs);

  const nameIn = (models: readonly RunnerModel[], model: string): string => models.find(({ id }) => id === model)?.resolvedId ?? model;

  async function fullName(model: string): Promise<string> {
    return model.startsWith('claude-') ? model : nameIn(await getModels('').catch(() => known), model);
  }

  return {
    list: () => getModels(''),
    fullName,
    knownName: (model) => nameIn(known, model),
    abilities: async (model) => abilitiesOf(await fullName(model), known),
  };
}

/** The API lists the newest first. */
function toModels(
  listed: readonly { readonly id: string; readonly display_name?: string | undefined }[],
  priceOf: PriceOf,
): readonly RunnerModel[] {
  const models = listed.map(({ id, display_name: displayName = id }): RunnerModel => {
    const prices = priceOf(id);
    return { id, resolvedId: id, displayName, inputModalities: ['text', 'image', 'file'], ...(prices !== undefined && { prices }) };
  });
  const newest = families.flatMap((family): RunnerModel[] => {
    const found = models.find(({ id }) => id.includes(family));
    return found === undefined ? [] : [{ ...found, id: family }];
  });
  return [...newest, ...models];
}
