import * as z from 'zod/mini';
import type { ContentBlock, ResultBlock } from './content-block.ts';
import type { Message } from './message.ts';
import type { JsonObject, Tool, ToolChoice } from './tool.ts';

/** As it is: a schema of records would leave out a key such as `__proto__`, and the object would be another. */
export const jsonObjectSchema = z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));

/** A tool that the caller runs. */
export const toolSchema: z.ZodMiniType<Tool> = z.looseObject({
  name: z.string(),
  description: z.string(),
  inputSchema: jsonObjectSchema,
  strict: z.boolean(),
  extra: z.exactOptional(jsonObjectSchema),
  definition: z.exactOptional(jsonObjectSchema),
});

export const toolChoiceSchema: z.ZodMiniType<ToolChoice> = z.discriminatedUnion('type', [
  z.looseObject({ type: z.enum(['auto', 'any']), disableParallel: z.boolean() }),
  z.looseObject({ type: z.literal('tool'), name: z.string(), disableParallel: z.boolean() }),
  z.looseObject({ type: z.literal('none') }),
]);

const extra = z.exactOptional(jsonObjectSchema);
const base64 = z.looseObject({ type: z.literal('base64'), media_type: z.string(), data: z.string() });
const url = z.looseObject({ type: z.literal('url'), url: z.string() });
const plain = z.looseObject({ type: z.literal('text'), media_type: z.literal('text/plain'), data: z.string() });
/** A part of a system prompt, or a text of a message. */
export const textBlockSchema = z.looseObject({ type: z.literal('text'), text: z.string(), extra });
const resultBlocks = [
  textBlockSchema,
  z.looseObject({ type: z.literal('image'), source: z.discriminatedUnion('type', [base64, url]), extra }),
  z.looseObject({
    type: z.literal('document'),
    source: z.discriminatedUnion('type', [base64, url, plain]),
    title: z.exactOptional(z.string()),
    extra,
  }),
  z.looseObject({ type: z.literal('other'), block: jsonObjectSchema }),
] as const;
const resultBlockSchema: z.ZodMiniType<ResultBlock> = z.discriminatedUnion('type', resultBlocks);

const contentBlockSchema: z.ZodMiniType<ContentBlock> = z.discriminatedUnion('type', [
  ...resultBlocks,
  z.looseObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string(), extra }),
  z.looseObject({ type: z.literal('redacted_thinking'), data: z.string(), extra }),
  z.looseObject({
    type: z.literal('tool_use'),
    id: z.string(),
    name: z.string(),
    json: z.exactOptional(z.string()),
    input: jsonObjectSchema,
    extra,
  }),
  z.looseObject({
    type: z.literal('tool_result'),
    tool_use_id: z.string(),
    content: z.array(resultBlockSchema),
    is_error: z.exactOptional(z.boolean()),
    extra,
  }),
]);

const stepSchema = z.looseObject({
  role: z.enum(['user', 'assistant']),
  content: z.array(contentBlockSchema),
  model: z.exactOptional(z.string()),
});

/** A message; its steps have no steps themselves. */
export const messageSchema = z.extend(stepSchema, { steps: z.exactOptional(z.array(stepSchema)) }) satisfies z.ZodMiniType<Message>;
