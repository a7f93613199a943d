import * as z from 'zod/mini';
import { isObject } from '../../../turn/tool.ts';
import { functionName, name, something } from '../../schema-fields.ts';

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

/**
 * A tool, or a choice of one, in the form of chat completions, whether it was said in that form, flat as in the Responses API, or
 * as in the Messages API (`input_schema`, a choice of type `tool`), with what was said beside it. What is none of these stays as it is.
 */
function toOpenaiTool(value: unknown): unknown {
  if (!isObject(value)) return value;
  const { type, name: ownName, description, format, strict, parameters, input_schema: schema = parameters, mode } = value;
  if (type === 'allowed_tools' && Array.isArray(value['tools'])) {
    return { ...value, allowed_tools: { mode, tools: value['tools'].map(toOpenaiTool) } };
  }
  const isFlat = ownName !== undefined || value['input_schema'] !== undefined || type === 'tool';
  if (!isFlat || value['function'] !== undefined || value['custom'] !== undefined) return value;
  if (type === 'custom' && schema === undefined)
    return { ...value, custom: { name: ownName, description, format: toNestedFormat(format) } };
  const isFunction = type === undefined || type === null || type === 'function' || type === 'custom' || type === 'tool';
  return isFunction ? { ...value, type: 'function', function: { name: ownName, description, parameters: schema, strict } } : value;
}

function toNestedFormat(format: unknown): unknown {
  if (!isObject(format) || format['type'] !== 'grammar' || format['grammar'] !== undefined) return format;
  return { type: 'grammar', grammar: { syntax: format['syntax'], definition: format['definition'] } };
}
