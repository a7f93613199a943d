import type { Usage } from '../../../turn/usage.ts';
import type { ResponsesRequest } from '../request/parse-request.ts';
import { toToldTool } from '../request/tool-schema.ts';
import type { OutputItem } from './output-item.ts';

/** What is the same of a response from its first event to its end. */
export interface ResponseIdentity {
  /** `resp_` and a random part. */
  readonly id: string;
  /** Unix time in seconds. */
  readonly createdAt: number;
  /** Whether it can be read again. */
  readonly isKept: boolean;
}

/** How far a response is. */
export interface ResponseState {
  readonly status: 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';
  readonly output: readonly OutputItem[];
  /** Undefined before the end. */
  readonly usage?: Usage;
  readonly reason?: 'max_output_tokens' | 'content_filter';
  readonly error?: { readonly code: string; readonly message: string };
}

export type ResponseObject = ReturnType<typeof toResponse>;

/**
 * A response as an object. All of its keys are always there, since some clients check that; what was asked for is given back.
 *
 * @see https://platform.openai.com/docs/api-reference/responses/object
 */
export function toResponse({ body }: ResponsesRequest, { id, createdAt, isKept }: ResponseIdentity, state: ResponseState) {
  const { status, output, usage, reason, error } = state;
  const { conversation } = body;
  return {
    id,
    object: 'response' as const,
    created_at: createdAt,
    completed_at: status === 'completed' ? Math.floor(Date.now() / 1000) : null,
    status,
    error: error ?? null,
    incomplete_details: reason === undefined ? null : { reason },
    instructions: body.instructions ?? null,
    model: body.model,
    output,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id || null,
    ...(conversation && { conversation: { id: typeof conversation === 'string' ? conversation : conversation.id } }),
    background: body.background ?? false,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    temperature: body.temperature ?? 1,
    top_p: body.top_p ?? 1,
    top_logprobs: body.top_logprobs ?? 0,
    presence_penalty: 0,
    frequency_penalty: 0,
    reasoning: { effort: body.reasoning?.effort ?? null, summary: body.reasoning?.summary ?? body.reasoning?.generate_summary ?? null },
    text: { ...body.text, format: body.text?.format ?? { type: 'text' as const } },
    tools: (body.tools ?? []).map(toToldTool),
    tool_choice: body.tool_choice ?? 'auto',
    truncation: body.truncation ?? 'disabled',
    metadata: body.metadata ?? {},
    store: isKept,
    service_tier: 'default' as const,
    safety_identifier: body.safety_identifier ?? null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    user: body.user ?? null,
    usage: usage === undefined ? null : toResponseUsage(usage),
  };
}

/** OpenAI counts cached tokens among the input's; Anthropic counts them beside. */
export function toResponseUsage(usage: Usage) {
  const inputTokens = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: usage.cacheReadTokens, cache_write_tokens: usage.cacheWriteTokens },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: inputTokens + usage.outputTokens,
  };
}
