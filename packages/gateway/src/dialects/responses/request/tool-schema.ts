import * as z from 'zod/mini';
import { isObject, type JsonObject } from '../../../turn/tool.ts';
import { name, something, toolName } from '../../schema-fields.ts';

const maxTools = 512;
// Lists of tools stand in lists of items too, where a check has to abort: see `schema-fields.ts`.
const atMost = z.maxLength(maxTools, { abort: true, error: `there may be ${maxTools} tools at most` });
const description = z.nullish(z.string());
const jsonObject = z.record(z.string(), z.unknown());

const functionTool = z.looseObject({
  type: z.literal('function'),
  name: toolName,
  description,
  parameters: z.nullish(jsonObject),
  strict: z.nullish(z.boolean()),
});
const format = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('grammar'), syntax: z.enum(['lark', 'regex']), definition: something }),
]);
const customTool = z.looseObject({ type: z.literal('custom'), name: toolName, description, format: z.nullish(format) });
const namespaceTool = z.looseObject({
  type: z.literal('namespace'),
  name: toolName,
  description,
  tools: z.array(z.pipe(z.transform(toFlat), z.discriminatedUnion('type', [functionTool, customTool]))).check(atMost),
});
const searchTool = z.looseObject({
  type: z.literal('tool_search'),
  execution: z.nullish(z.string()),
  description,
  parameters: z.nullish(jsonObject),
});
const hostTool = z.looseObject({ type: z.enum(['local_shell', 'shell', 'apply_patch']) });
const toolNames = z.array(z.string()).check(atMost);
const filter = z.nullish(z.looseObject({ tool_names: z.nullish(toolNames), read_only: z.nullish(z.boolean()) }));
const mcpTool = z.looseObject({
  type: z.literal('mcp'),
  server_label: name,
  server_url: z.nullish(z.string()),
  connector_id: z.nullish(z.string()),
  headers: z.nullish(jsonObject),
  authorization: z.nullish(z.string()),
  allowed_tools: z.nullish(z.union([toolNames, filter])),
  require_approval: z.nullish(z.union([z.enum(['always', 'never']), z.looseObject({ always: filter, never: filter })])),
});
/** A tool that is a service of OpenAI's, or of a kind that is not known here. */
const hostedTool = z.looseObject({ type: z.literal('hosted'), kind: z.string() });

const toolSchema = z.pipe(
  z.transform(toTool),
  z.discriminatedUnion('type', [functionTool, customTool, namespaceTool, searchTool, hostTool, mcpTool, hostedTool]),
);
const knownTypes: ReadonlySet<unknown> = new Set([
  'function',
  'custom',
  'namespace',
  'tool_search',
  'local_shell',
  'shell',
  'apply_patch',
  'mcp',
]);

/** The tools of a request. */
export const toolsSchema = z.array(toolSchema).check(atMost);

export type RequestTool = z.infer<typeof toolSchema>;
export type FunctionTool = z.infer<typeof functionTool>;
export type CustomTool = z.infer<typeof customTool>;
export type McpServerTool = z.infer<typeof mcpTool>;

const named = z.looseObject({
  type: z.enum(['function', 'custom']),
  name: something,
  namespace: z.nullish(z.string()),
});
const chosenServer = z.looseObject({ type: z.literal('mcp'), server_label: something, name: z.nullish(z.string()) });
const chosen = z.pipe(z.transform(toFlat), z.union([named, chosenServer, z.looseObject({ type: z.string() })]));

/** Which tool is to be called, if any. */
export const toolChoiceSchema = z.union([
  z.enum(['none', 'auto', 'required']),
  z.looseObject({
    type: z.literal('allowed_tools'),
    mode: z.enum(['auto', 'required']),
    tools: z.array(chosen).check(z.minLength(1), z.maxLength(maxTools)),
  }),
  chosen,
]);

export type ChosenTool = z.infer<typeof chosen>;

/** Kinds of which nothing is known are of one kind here. */
function toTool(value: unknown): unknown {
  if (!isObject(value) || typeof value['type'] !== 'string') return value;
  return knownTypes.has(value['type']) ? toFlat(value) : { ...value, type: 'hosted', kind: value['type'] };
}

/** Some clients name a function as in chat completions. */
function toFlat(value: unknown): unknown {
  if (!isObject(value) || (value['type'] !== 'function' && value['type'] !== 'custom')) return value;
  const nested = value[value['type']];
  return isObject(nested) ? { ...nested, ...value } : value;
}

/** A tool of a request as it is told again, with all keys of functions; without the secrets that are for an MCP server alone. */
export function toToldTool(tool: RequestTool): JsonObject {
  if (tool.type === 'hosted') {
    const { kind, ...given } = tool;
    return { ...given, type: kind };
  }
  if (tool.type === 'mcp') {
    const { headers: _headers, authorization: _authorization, server_url: url, ...given } = tool;
    return { ...given, ...(url && { server_url: withoutPath(url) }) };
  }
  if (tool.type !== 'function') return tool;
  return { ...tool, description: tool.description ?? null, parameters: tool.parameters ?? null, strict: tool.strict ?? null };
}

/** There may be a key in the path, in the query, or before the host. */
function withoutPath(url: string): string {
  const origin = /^https?:\/\/(?:[^/?#@]*@)?([^/?#@]+)/i.exec(url)?.[1];
  return origin === undefined ? '<redacted>' : `${/^https:/i.test(url) ? 'https' : 'http'}://${origin}/<redacted>`;
}
