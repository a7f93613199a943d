import type { RunnerModel, ModelPrice } from '@claude-code-api/gateway';
import * as z from 'zod';

const response = z.looseObject({
  models: z.array(
    z.looseObject({
      value: z.string(),
      resolvedModel: z.string().optional(),
      displayName: z.string().default(''),
      description: z.string().default(''),
    }),
  ),
});

export interface ListedModel extends RunnerModel {
  /** As far as its description tells; undefined when it does not. */
  readonly price: ModelPrice | undefined;
}

/** Reads the CLI's answer to `list_models`; empty when it is not understood. */
export function parseModels(value: unknown): ListedModel[] {
  const parsed = response.safeParse(value);
  if (!parsed.success) return [];
  return parsed.data.models.map((model) => ({
    id: model.value,
    resolvedId: model.resolvedModel ?? model.value,
    displayName: versionIn(model.description) ?? model.displayName,
    price: readPrice(model.description),
  }));
}

/** `Sonnet 5.5` of the same; undefined for a description that begins otherwise. */
function versionIn(description: string): string | undefined {
  return /^[A-Z][a-z]+ \d+(?:\.\d+)?(?= · )/.exec(description)?.[0];
}

/** `Sonnet 5.5 · Efficient for routine tasks · $2/$10 per Mtok` */
function readPrice(description: string): ModelPrice | undefined {
  const found = /\$(\d+(?:\.\d+)?)\/\$(\d+(?:\.\d+)?) per Mtok/.exec(description);
  return found === null ? undefined : { input: Number(found[1]), output: Number(found[2]) };
}
