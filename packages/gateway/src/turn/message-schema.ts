import * as z from 'zod';
import type { ContentBlock, ResultBlock } from './content-block.ts';
import type { Message } from './message.ts';
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

const extra = jsonObjectSchema.exactOptional();
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
    title: z.string().exactOptional(),
    extra,
  }),
  z.looseObject({ type: z.literal('other'), block: jsonObjectSchema }),
] as const;
const resultBlockSchema: z.ZodType<ResultBlock> = z.discriminatedUnion('type', resultBlocks);

const contentBlockSchema: z.ZodType<ContentBlock> = z.discriminatedUnion('type', [
  ...resultBlocks,
  z.looseObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string(), extra }),
  z.looseObject({ type: z.literal('redacted_thinking'), data: z.string(), extra }),
  z.looseObject({
    type: z.literal('tool_use'),
    id: z.string(),
    name: z.string(),
    json: z.string().exactOptional(),
    input: jsonObjectSchema,
    extra,
  }),
  z.looseObject({
    type: z.literal('tool_result'),
    tool_use_id: z.string(),
    content: z.array(resultBlockSchema),
    is_error: z.boolean().exactOptional(),
    extra,
  }),
]);

const stepSchema = z.looseObject({
  role: z.enum(['user', 'assistant']),
  content: z.array(contentBlockSchema),
  model: z.string().exactOptional(),
});

/** A message; its steps have no steps themselves. */
export const messageSchema = stepSchema.extend({ steps: z.array(stepSchema).exactOptional() }) satisfies z.ZodType<Message>;
