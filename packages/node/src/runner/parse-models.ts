import type { RunnerModel } from '@claude-code-api/gateway';
import * as z from 'zod';

const response = z.looseObject({
  models: z.array(z.looseObject({ value: z.string(), resolvedModel: z.string().optional(), displayName: z.string().default('') })),
});

/** Reads the CLI's answer to `list_models`; empty when it is not understood. */
export function parseModels(value: unknown): RunnerModel[] {
  const parsed = response.safeParse(value);
  if (!parsed.success) return [];
  return parsed.data.models.map((model) => ({
    id: model.value,
    resolvedId: model.resolvedModel ?? model.value,
    displayName: model.displayName,
  }));
}
