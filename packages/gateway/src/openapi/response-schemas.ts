import * as z from 'zod';

const id = z.string().min(1);
const count = z.int().nonnegative();
const unixSeconds = count.describe('Unix time in seconds');
const anyObject = z.record(z.string(), z.unknown());
const status = z.enum(['in_progress', 'completed', 'incomplete']);

const urlCitation = z.strictObject({
  ...{ type: z.literal('url_citation'), url: z.url(), title: z.string() },
  ...{ start_index: count, end_index: count },
});
const textPart = z.strictObject({
  ...{ type: z.literal('output_text'), text: z.string() },
  ...{ annotations: z.array(urlCitation), logprobs: z.array(z.unknown()).max(0) },
});
const refusalPart = z.strictObject({ type: z.literal('refusal'), refusal: z.string() });
const part = z.discriminatedUnion('type', [textPart, refusalPart]);
const summaryPart = z.strictObject({ type: z.literal('summary_text'), text: z.string() });

const call = { id, call_id: id, status };
const named = { name: id, namespace: z.string().optional() };
const shellAction = z.strictObject({
  ...{ commands: z.array(z.string()), timeout_ms: z.number().nullable(), max_output_length: z.number().nullable() },
});
const localShellAction = z.strictObject({
  ...{ type: z.literal('exec'), command: z.array(z.string()), env: z.record(z.string(), z.string()) },
  ...{ timeout_ms: z.number().optional(), user: z.string().optional(), working_directory: z.string().optional() },
});
const operation = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['create_file', 'update_file']), path: z.string(), diff: z.string() }),
  z.strictObject({ type: z.literal('delete_file'), path: z.string() }),
]);
const listedTool = z.strictObject({
  ...{ name: id, description: z.string().nullable(), input_schema: anyObject, annotations: anyObject.nullable() },
});
const hostedStatus = z.enum(['in_progress', 'completed', 'failed']);
const searchAction = z.strictObject({
  ...{ type: z.literal('search'), query: z.string() },
  sources: z.array(z.strictObject({ type: z.literal('url'), url: z.url() })).optional(),
});

const outputItem = z.discriminatedUnion('type', [
  z.strictObject({
    ...{ type: z.literal('message'), id, status, role: z.literal('assistant'), content: z.array(part) },
    phase: z.enum(['commentary', 'final_answer']).optional(),
  }),
  // Never null: the runner of Open Responses refuses that.
  z.strictObject({
    ...{ type: z.literal('reasoning'), id, status, summary: z.array(summaryPart) },
    encrypted_content: z.string().min(1).optional(),
  }),
  z.strictObject({ type: z.literal('function_call'), ...call, ...named, arguments: z.string() }),
  z.strictObject({ type: z.literal('custom_tool_call'), ...call, ...named, input: z.string() }),
  z.strictObject({ type: z.literal('local_shell_call'), ...call, action: localShellAction }),
  z.strictObject({ type: z.literal('shell_call'), ...call, action: shellAction, environment: z.null() }),
  z.strictObject({ type: z.literal('apply_patch_call'), ...call, status: z.enum(['in_progress', 'completed']), operation }),
  z.strictObject({ type: z.literal('tool_search_call'), ...call, execution: z.literal('client'), arguments: anyObject }),
  z.strictObject({
    ...{ type: z.literal('mcp_call'), id, server_label: id, name: id, arguments: z.string(), status: hostedStatus },
    ...{ output: z.string().nullable(), error: z.string().nullable(), approval_request_id: z.string().nullable() },
  }),
  z.strictObject({ type: z.literal('mcp_list_tools'), id, server_label: id, tools: z.array(listedTool), error: z.null() }),
  z.strictObject({ type: z.literal('mcp_approval_request'), id, server_label: id, name: id, arguments: z.string() }),
  z.strictObject({ type: z.literal('web_search_call'), id, status: hostedStatus, action: searchAction }),
  z.strictObject({ type: z.literal('compaction'), id, encrypted_content: z.string().min(1) }),
]);

const usage = z.strictObject({
  ...{ input_tokens: count, output_tokens: count, total_tokens: count },
  input_tokens_details: z.strictObject({ cached_tokens: count, cache_write_tokens: count }),
  output_tokens_details: z.strictObject({ reasoning_tokens: count }),
});
/** What Codex knows, beyond the published codes, when to stop asking by. */
const codexCodes = ['context_length_exceeded', 'insufficient_quota', 'server_is_overloaded'] as const;
const errorCode = z.enum(['server_error', 'rate_limit_exceeded', 'invalid_prompt', ...codexCodes]);
const functionTool = z.looseObject({
  ...{ type: z.literal('function'), name: id, description: z.string().nullable() },
  ...{ parameters: anyObject.nullable(), strict: z.boolean().nullable() },
});
const text = z.strictObject({
  format: z.discriminatedUnion('type', [
    z.strictObject({ type: z.enum(['text', 'json_object']) }),
    z.looseObject({ type: z.literal('json_schema'), schema: anyObject }),
  ]),
  verbosity: z.enum(['low', 'medium', 'high']).nullish(),
});

const response = z.strictObject({
  ...{ id: z.string().regex(/^resp_/), object: z.literal('response'), created_at: unixSeconds, completed_at: unixSeconds.nullable() },
  status: z.enum(['queued', 'in_progress', 'completed', 'incomplete', 'failed', 'cancelled']),
  error: z.strictObject({ code: errorCode, message: z.string() }).nullable(),
  incomplete_details: z.strictObject({ reason: z.enum(['max_output_tokens', 'content_filter']) }).nullable(),
  ...{ instructions: z.string().nullable(), model: id, output: z.array(outputItem) },
  ...{ parallel_tool_calls: z.boolean(), previous_response_id: z.string().nullable(), background: z.boolean() },
  conversation: z.strictObject({ id }).optional(),
  ...{ max_output_tokens: count.nullable(), max_tool_calls: count.nullable() },
  ...{ temperature: z.number(), top_p: z.number(), top_logprobs: count, presence_penalty: z.number(), frequency_penalty: z.number() },
  reasoning: z.strictObject({ effort: z.string().nullable(), summary: z.string().nullable() }),
  text,
  tools: z.array(z.union([functionTool, z.looseObject({ type: z.string().regex(/^(?!function$)/) })])).describe('as they were asked for'),
  tool_choice: z.union([z.enum(['none', 'auto', 'required']), z.looseObject({ type: z.string() })]),
  ...{ truncation: z.enum(['auto', 'disabled']), metadata: z.record(z.string(), z.string()), store: z.boolean() },
  service_tier: z.literal('default'),
  ...{ safety_identifier: z.string().nullable(), prompt_cache_key: z.string().nullable(), user: z.string().nullable() },
  usage: usage.nullable(),
});

/**
 * What Responses answer, by the names that the document has for it: the published schemas of OpenAI, as far as they are written. Whatever a
 * response holds, all of its keys are there.
 *
 * @see https://github.com/openai/openai-openapi
 */
export const responseSchemas = {
  Response: response,
  ResponseOutputItem: outputItem,
  ResponseOutputPart: part,
  ResponseUsage: usage,
  ResponseDeleted: z.strictObject({ id, object: z.literal('response'), deleted: z.literal(true) }),
  ResponseInputTokens: z.strictObject({ object: z.literal('response.input_tokens'), input_tokens: count }),
  ResponseCompaction: z.strictObject({
    ...{ id, object: z.literal('response.compaction'), created_at: unixSeconds },
    ...{ output: z.array(outputItem), usage },
  }),
};
