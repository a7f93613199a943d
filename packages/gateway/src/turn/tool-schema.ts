import * as z from 'zod';
import type { JsonObject, Tool, ToolChoice } from './tool.ts';

/** As it is: a schema of records would leave out a key such as `__proto__`, and the object would be another. */
export const jsonObjectSchema = z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));

/** A tool that the caller runs. */
export const toolSchema: z.ZodType<Tool> = z.looseObject({
  name: z.string(),
  description: z.string(),
  inputSchema: jsonObjectSchema,
  strict: z.boolean(),
  extra: jsonObjectSchema.exactOptional(),
  definition: jsonObjectSchema.exactOptional(),
});

export const toolChoiceSchema: z.ZodType<ToolChoice> = z.discriminatedUnion('type', [
  z.looseObject({ type: z.enum(['auto', 'any']), disableParallel: z.boolean() }),
  z.looseObject({ type: z.literal('tool'), name: z.string(), disableParallel: z.boolean() }),
  z.looseObject({ type: z.literal('none') }),
]);
