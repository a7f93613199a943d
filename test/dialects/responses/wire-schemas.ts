/**
 * The published schemas of OpenAI's Responses API, as far as we write them, rebuilt in zod: nothing may be there that they don't know, and all that
 * they want. `keepalive`, and what Codex reads besides, are named where they differ.
 *
 * @see https://github.com/openai/openai-openapi
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
import * as z from 'zod';

const id = z.string().min(1);
const count = z.int().nonnegative();
const anyObject = z.record(z.string(), z.unknown());
const status = z.enum(['in_progress', 'completed', 'incomplete']);

const urlCitation = z.strictObject({
  type: z.literal('url_citation'),
  url: z.url(),
  title: z.string(),
  start_index: count,
  end_index: count,
});
const textPart = z.strictObject({
  ...{ type: z.literal('output_text'), text: z.string() },
  ...{ annotations: z.array(urlCitation), logprobs: z.array(z.never()) },
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

/** An item of the output. */
export const outputItemSchema = z.discriminatedUnion('type', [
  z.strictObject({
    ...{ type: z.literal('message'), id, status, role: z.literal('assistant'), content: z.array(part) },
    phase: z.enum(['commentary', 'final_answer']).optional(),
  }),
  // Never null: the runner of Open Responses refuses that.
  z.strictObject({
    type: z.literal('reasoning'),
    id,
    status,
    summary: z.array(summaryPart),
    encrypted_content: z.string().min(1).optional(),
  }),
  z.strictObject({ type: z.literal('function_call'), ...call, ...named, arguments: z.string() }),
  z.strictObject({ type: z.literal('custom_tool_call'), ...call, ...named, input: z.string() }),
  z.strictObject({ type: z.literal('local_shell_call'), ...call, action: localShellAction }),
  z.strictObject({ type: z.literal('shell_call'), ...call, action: shellAction, environment: z.null() }),
  z.strictObject({ type: z.literal('apply_patch_call'), ...call, status: z.enum(['in_progress', 'completed']), operation }),
  z.strictObject({ type: z.literal('tool_search_call'), ...call, execution: z.literal('client'), arguments: anyObject }),
  z.strictObject({
    ...{ type: z.literal('mcp_call'), id, server_label: id, name: id, arguments: z.string() },
    ...{ output: z.string().nullable(), error: z.string().nullable(), approval_request_id: z.string().nullable() },
    status: z.enum(['in_progress', 'completed', 'failed']),
  }),
  z.strictObject({ type: z.literal('mcp_list_tools'), id, server_label: id, tools: z.array(listedTool), error: z.null() }),
  z.strictObject({ type: z.literal('mcp_approval_request'), id, server_label: id, name: id, arguments: z.string() }),
  z.strictObject({
    ...{ type: z.literal('web_search_call'), id, status: z.enum(['in_progress', 'completed', 'failed']) },
    action: z.strictObject({
      ...{ type: z.literal('search'), query: z.string() },
      sources: z.array(z.strictObject({ type: z.literal('url'), url: z.url() })).optional(),
    }),
  }),
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

/** A response as an object: whatever it holds, all of these keys are there. */
export const responseSchema = z.strictObject({
  ...{ id: z.string().regex(/^resp_/), object: z.literal('response'), created_at: count, completed_at: count.nullable() },
  status: z.enum(['queued', 'in_progress', 'completed', 'incomplete', 'failed', 'cancelled']),
  error: z.strictObject({ code: errorCode, message: z.string() }).nullable(),
  incomplete_details: z.strictObject({ reason: z.enum(['max_output_tokens', 'content_filter']) }).nullable(),
  ...{ instructions: z.string().nullable(), model: id, output: z.array(outputItemSchema) },
  ...{ parallel_tool_calls: z.boolean(), previous_response_id: z.string().nullable(), background: z.boolean() },
  conversation: z.strictObject({ id }).optional(),
  ...{ max_output_tokens: count.nullable(), max_tool_calls: count.nullable() },
  ...{ temperature: z.number(), top_p: z.number(), top_logprobs: count, presence_penalty: z.number(), frequency_penalty: z.number() },
  reasoning: z.strictObject({ effort: z.string().nullable(), summary: z.string().nullable() }),
  text,
  tools: z.array(z.union([functionTool, z.looseObject({ type: z.string().refine((type) => type !== 'function') })])),
  tool_choice: z.union([z.enum(['none', 'auto', 'required']), z.looseObject({ type: z.string() })]),
  ...{ truncation: z.enum(['auto', 'disabled']), metadata: z.record(z.string(), z.string()), store: z.boolean() },
  service_tier: z.literal('default'),
  ...{ safety_identifier: z.string().nullable(), prompt_cache_key: z.string().nullable(), user: z.string().nullable() },
  usage: usage.nullable(),
});

const sequence_number = count;
const inItem = { sequence_number, item_id: id, output_index: count };
const inPart = { ...inItem, content_index: count };
const inSummary = { ...inItem, summary_index: count };
const event = <Shape extends z.ZodRawShape>(type: string, shape: Shape) => z.strictObject({ type: z.literal(type), ...shape });
const errorBody = { code: z.string().nullable(), message: z.string(), param: z.string().nullable() };

/** All events of a stream, by their names. */
export const eventSchemas = Object.fromEntries(
  [
    ...['queued', 'created', 'in_progress', 'completed', 'incomplete', 'failed'].map((name) =>
      event(`response.${name}`, { sequence_number, response: responseSchema }),
    ),
    ...['added', 'done'].flatMap((name) => [
      event(`response.output_item.${name}`, { sequence_number, output_index: count, item: outputItemSchema }),
      event(`response.content_part.${name}`, { ...inPart, part }),
      event(`response.reasoning_summary_part.${name}`, { ...inSummary, part: summaryPart }),
    ]),
    event('response.output_text.delta', { ...inPart, delta: z.string(), logprobs: z.array(z.never()) }),
    event('response.output_text.done', { ...inPart, text: z.string(), logprobs: z.array(z.never()) }),
    event('response.output_text.annotation.added', { ...inPart, annotation_index: count, annotation: urlCitation }),
    event('response.refusal.delta', { ...inPart, delta: z.string() }),
    event('response.refusal.done', { ...inPart, refusal: z.string() }),
    event('response.reasoning_summary_text.delta', { ...inSummary, delta: z.string() }),
    event('response.reasoning_summary_text.done', { ...inSummary, text: z.string() }),
    event('response.function_call_arguments.delta', { ...inItem, delta: z.string() }),
    event('response.function_call_arguments.done', { ...inItem, name: id, arguments: z.string() }),
    event('response.custom_tool_call_input.delta', { ...inItem, delta: z.string() }),
    event('response.custom_tool_call_input.done', { ...inItem, input: z.string() }),
    event('response.mcp_call_arguments.delta', { ...inItem, delta: z.string() }),
    event('response.mcp_call_arguments.done', { ...inItem, arguments: z.string() }),
    ...['in_progress', 'completed', 'failed'].map((name) => event(`response.mcp_call.${name}`, inItem)),
    ...['in_progress', 'completed', 'failed'].map((name) => event(`response.mcp_list_tools.${name}`, inItem)),
    ...['in_progress', 'searching', 'completed'].map((name) => event(`response.web_search_call.${name}`, inItem)),
    // Flat as published, and nested as some clients read it.
    event('error', { sequence_number, ...errorBody, error: z.strictObject({ type: z.string(), ...errorBody }) }),
    // OpenAI's own, and in no schema.
    event('keepalive', { sequence_number }),
  ].map((schema) => [schema.shape.type.value, schema]),
) as Readonly<Record<string, z.ZodType>>;
