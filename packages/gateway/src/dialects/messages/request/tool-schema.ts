import * as z from 'zod/mini';
import { isObject } from '../../../turn/tool.ts';
import { something, toolName } from '../../schema-fields.ts';

const own = z.looseObject({
  type: z.nullish(z.literal('custom')),
  name: toolName,
  description: z.nullish(z.string()),
  input_schema: z.custom<Readonly<Record<string, unknown>>>(isObject, { abort: true }),
  strict: z.nullish(z.boolean()),
});
/** A tool that Anthropic defines, and runs or has the caller run: `bash_20250124`, `web_search_20250305`. */
const defined = z.looseObject({
  type: z.string().check(z.regex(/^(?!custom$)\w{1,128}$/, { abort: true, error: 'is not supported here' })),
  name: z.nullish(toolName),
});

/** A tool of a request. */
export const toolSchema = z.union([own, defined]);
export type GivenTool = z.infer<typeof toolSchema>;

const reference = z.looseObject({ type: z.literal('tool_reference'), name: something });
const definition = z.looseObject({ type: z.literal('tool_definition'), definition: toolSchema });

/** A tool that is to be there from a system message on, or no more. Those of MCP servers are the operator's. */
export const toolChangeSchema = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('tool_addition'), tool: z.discriminatedUnion('type', [reference, definition]) }),
  z.looseObject({ type: z.literal('tool_removal'), tool: reference }),
]);
