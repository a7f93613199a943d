import * as z from 'zod/mini';
import { functionName, name, something } from '../../schema-fields.ts';
import { toOpenaiTool } from './to-openai-tool.ts';

/** A tool in the older form. */
export const functionSchema = z.looseObject({
  name: functionName,
  description: z.nullish(z.string()),
  parameters: z.nullish(z.record(z.string(), z.unknown())),
  strict: z.nullish(z.boolean()),
});
/** OpenAI takes 128; MCP servers together bring more. */
const maxTools = 512;
const customDefinition = z.looseObject({
  name: functionName,
  description: z.nullish(z.string()),
  format: z.nullish(
    z.discriminatedUnion('type', [
      z.looseObject({ type: z.literal('text') }),
      z.looseObject({ type: z.literal('grammar'), grammar: z.looseObject({ syntax: z.enum(['lark', 'regex']), definition: something }) }),
    ]),
  ),
});
const tool = z.pipe(
  z.transform(toOpenaiTool),
  z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('function'), function: functionSchema }),
    z.looseObject({ type: z.literal('custom'), custom: customDefinition }),
  ]),
);
/** The tools of a request. */
export const toolsSchema = z.array(tool).check(z.maxLength(maxTools, `there may be ${maxTools} tools at most`));

const named = z.looseObject({ name });
const namedFunction = z.looseObject({ type: z.literal('function'), function: named });
const namedCustom = z.looseObject({ type: z.literal('custom'), custom: named });
const toolMode = z.looseObject({ type: z.enum(['none', 'auto', 'required', 'any']), disable_parallel_tool_use: z.nullish(z.boolean()) });
const allowedTools = z.looseObject({
  type: z.literal('allowed_tools'),
  allowed_tools: z.looseObject({
    mode: z.enum(['auto', 'required']),
    tools: z.array(z.discriminatedUnion('type', [namedFunction, namedCustom])).check(z.minLength(1), z.maxLength(maxTools)),
  }),
});

/** Which tool is to be called, if any. */
export const toolChoiceSchema = z.pipe(
  z.transform(toOpenaiTool),
  z.union([z.enum(['none', 'auto', 'required']), z.discriminatedUnion('type', [toolMode, namedFunction, namedCustom, allowedTools])]),
);
