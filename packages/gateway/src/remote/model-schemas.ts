import * as z from 'zod/mini';
import type { ModelAbilities, ModelPrice, RunnerModel } from '../ports/claude-runner.ts';

const number = z.exactOptional(z.number());

const rates = { input: z.number(), output: z.number(), cacheRead: number, cacheWrite: number, cacheWriteHour: number };
const priceSchema: z.ZodMiniType<ModelPrice> = z.object({
  ...rates,
  longPrompt: z.exactOptional(z.object({ ...rates, above: z.number() })),
});

const modelSchema: z.ZodMiniType<RunnerModel> = z.object({
  id: z.string(),
  resolvedId: z.string(),
  displayName: z.string(),
  contextWindow: number,
  maxOutputTokens: number,
  inputModalities: z.exactOptional(z.array(z.enum(['text', 'image', 'file']))),
  prices: z.exactOptional(priceSchema),
});

/** What a machine tells of the models that it can be asked for. */
export const modelsSchema = z.object({ models: z.array(modelSchema) });

const abilities: z.ZodMiniType<ModelAbilities> = z.object({
  thinking: z.enum(['none', 'budget', 'adaptive', 'either']),
  thinkingCanBeDisabled: z.boolean(),
  efforts: z.array(z.enum(['low', 'medium', 'high', 'xhigh', 'max'])),
  outputFormat: z.boolean(),
  forcedTools: z.boolean(),
  begunAnswers: z.boolean(),
  sampling: z.enum(['all', 'no-top-p', 'none']),
});

/** What a machine tells of what a model takes; null where its runner does not know. */
export const abilitiesSchema = z.object({ abilities: z.nullable(abilities) });
