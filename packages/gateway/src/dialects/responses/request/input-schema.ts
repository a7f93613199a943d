import * as z from 'zod/mini';
import { isObject } from '../../../turn/tool.ts';
import { name, something } from '../../schema-fields.ts';
import { effortSchema, formatSchema } from './configuration-schema.ts';
import { toolsSchema } from './tool-schema.ts';

const text = z.looseObject({ type: z.enum(['input_text', 'output_text', 'text', 'summary_text', 'reasoning_text']), text: z.string() });
const part = z.discriminatedUnion('type', [
  text,
  z.looseObject({ type: z.literal('refusal'), refusal: z.string() }),
  z.looseObject({ type: z.literal('input_image'), image_url: z.nullish(z.string()), file_id: z.nullish(z.string()) }),
  z.looseObject({
    type: z.literal('input_file'),
    file_data: z.nullish(z.string()),
    file_url: z.nullish(z.string()),
    file_id: z.nullish(z.string()),
    filename: z.nullish(z.string()),
  }),
]);
const content = z.pipe(
  z.nullish(z.union([z.string(), z.array(part)])),
  z.transform((given) => given ?? ''),
);

const id = z.nullish(z.string());
/** Absent: the order tells which call an output is of. */
const callId = z.pipe(
  id,
  z.transform((given) => given ?? ''),
);
const namespace = z.nullish(z.string());
const jsonText = z.pipe(
  id,
  z.transform((given) => given ?? ''),
);
const jsonObject = z.record(z.string(), z.unknown());
/** What the item of a call and that of its output have in common. */
const call = { id, call_id: callId };

const message = z.looseObject({
  type: z.literal('message'),
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content,
});
const functionCall = z.looseObject({ type: z.literal('function_call'), ...call, name, namespace, arguments: jsonText });
const customCall = z.looseObject({ type: z.literal('custom_tool_call'), ...call, name, namespace, input: z.string() });
const hostCall = z.looseObject({
  type: z.enum(['local_shell_call', 'shell_call', 'apply_patch_call', 'tool_search_call']),
  ...call,
  action: z.nullish(jsonObject),
  operation: z.nullish(jsonObject),
  arguments: z.optional(z.unknown()),
});
const output = z.looseObject({ type: z.enum(['function_call_output', 'custom_tool_call_output']), ...call, output: content });
const hostOutput = z.looseObject({
  type: z.enum(['local_shell_call_output', 'shell_call_output', 'apply_patch_call_output']),
  ...call,
  output: z.optional(z.unknown()),
  status: z.nullish(z.string()),
});
const searchOutput = z.looseObject({ type: z.literal('tool_search_output'), ...call, tools: z.nullish(toolsSchema) });
const reasoning = z.looseObject({ type: z.literal('reasoning'), encrypted_content: z.nullish(z.string()) });
const compaction = z.looseObject({ type: z.literal('compaction'), encrypted_content: z.string() });
const reference = z.looseObject({ type: z.literal('item_reference'), id: something });
const moreTools = z.looseObject({ type: z.literal('additional_tools'), tools: toolsSchema });
/** The call of an MCP server's tool, with what came of it. */
const mcpCall = z.looseObject({
  type: z.literal('mcp_call'),
  id,
  server_label: jsonText,
  name: z.string(),
  arguments: jsonText,
  output: z.nullish(z.string()),
  error: z.optional(z.unknown()),
  approval_request_id: id,
});
const approvalRequest = z.looseObject({
  type: z.literal('mcp_approval_request'),
  id: something,
  server_label: z.string(),
  name,
  arguments: jsonText,
});
const approvalResponse = z.looseObject({
  type: z.literal('mcp_approval_response'),
  id,
  approval_request_id: something,
  approve: z.boolean(),
  reason: z.nullish(z.string()),
});
/** What holds from there on, in the place of what the request says. */
const configurationUpdate = z.looseObject({
  type: z.literal('configuration_update'),
  reasoning: z.nullish(z.looseObject({ effort: z.nullish(effortSchema) })),
  text: z.nullish(z.looseObject({ format: z.nullish(formatSchema) })),
});
/** Asks for a summary of all before it. */
const compactionTrigger = z.looseObject({ type: z.literal('compaction_trigger') });
/** An item of a tool of OpenAI's, or of a kind that is not known here. */
const other = z.looseObject({ type: z.literal('other'), kind: z.string() });

const item = z.pipe(
  z.transform(toItem),
  z.discriminatedUnion('type', [
    message,
    functionCall,
    customCall,
    hostCall,
    output,
    hostOutput,
    searchOutput,
    reasoning,
    compaction,
    reference,
    moreTools,
    mcpCall,
    approvalRequest,
    approvalResponse,
    configurationUpdate,
    compactionTrigger,
    other,
  ]),
);
const knownTypes: ReadonlySet<unknown> = new Set([
  ...['message', 'function_call', 'custom_tool_call', 'local_shell_call', 'shell_call', 'apply_patch_call', 'tool_search_call'],
  ...['function_call_output', 'custom_tool_call_output', 'local_shell_call_output', 'shell_call_output', 'apply_patch_call_output'],
  ...['tool_search_output', 'reasoning', 'compaction', 'item_reference', 'additional_tools'],
  ...['mcp_call', 'mcp_approval_request', 'mcp_approval_response', 'configuration_update', 'compaction_trigger'],
]);

/** The items of a request's input. */
export const inputSchema = z.array(item).check(z.maxLength(100_000, 'there may be 100000 items at most'));

export type InputItem = z.infer<typeof item>;
export type InputPart = z.infer<typeof part>;
export type InputContent = z.infer<typeof content>;

/** A type may be left out: of a message, and of a reference. */
function toItem(value: unknown): unknown {
  if (!isObject(value)) return value;
  const type = value['type'] ?? (value['role'] === undefined ? 'item_reference' : 'message');
  // Of a server's call that says nothing of itself Claude can't be told.
  const isKnown = knownTypes.has(type) && (type !== 'mcp_call' || typeof value['name'] === 'string');
  return typeof type !== 'string' || isKnown ? { ...value, type } : { ...value, type: 'other', kind: type };
}
