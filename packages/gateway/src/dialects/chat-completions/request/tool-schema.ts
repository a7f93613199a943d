import * as z from 'zod';
import { functionName, name, something } from './schema-fields.ts';
import { toOpenaiTool } from './to-openai-tool.ts';

/** A tool in the older form. */
export const functionSchema = z.looseObject({
  name: functionName,
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
});
/** OpenAI takes 128; MCP servers together bring more. */
const maxTools = 512;
const customDefinition = z.looseObject({
  name: functionName,
  description: z.string().nullish(),
  format: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.literal('text') }),
      z.looseObject({ type: z.literal('grammar'), grammar: z.looseObject({ syntax: z.enum(['lark', 'regex']), definition: something }) }),
    ])
    .nullish(),
});
const tool = z.preprocess(
  toOpenaiTool,
  z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('function'), function: functionSchema }),
    z.looseObject({ type: z.literal('custom'), custom: customDefinition }),
  ]),
);
/** The tools of a request. */
export const toolsSchema = z.array(tool).max(maxTools, `there may be ${maxTools} tools at most`);

const named = z.looseObject({ name });
const namedFunction = z.looseObject({ type: z.literal('function'), function: named });
const namedCustom = z.looseObject({ type: z.literal('custom'), custom: named });
const toolMode = z.looseObject({ type: z.enum(['none', 'auto', 'required', 'any']), disable_parallel_tool_use: z.boolean().nullish() });
const allowedTools = z.looseObject({
  type: z.literal('allowed_tools'),
  allowed_tools: z.looseObject({
    mode: z.enum(['auto', 'required']),
    tools: z
      .array(z.discriminatedUnion('type', [namedFunction, namedCustom]))
      .min(1)
      .max(maxTools),
  }),
});

/** Which tool is to be called, if any. */
export const toolChoiceSchema = z.preprocess(
  toOpenaiTool,
  z.union([z.enum(['none', 'auto', 'required']), z.discriminatedUnion('type', [toolMode, namedFunction, namedCustom, allowedTools])]),
);
