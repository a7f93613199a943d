import { streamEventSchema, streamUsageSchema, type StreamEvent } from '@claude-code-api/gateway/messages-api';
import * as z from 'zod';

/** Set on what a subagent says, which is no part of the answer. */
const parent = z.string().nullish();

/** The Messages API's own stream events, as far as they matter here. */
const streamEvent = z.object({
  type: z.literal('stream_event'),
  parent_tool_use_id: parent,
  /** Comes with the `message_stop` of an answer that has broken off: the blocks from this index on are not whole. Older versions don't tell. */
  abandoned_blocks: z.looseObject({ from_block_index: z.number().optional() }).nullish(),
  event: streamEventSchema,
});

const controlResponse = z.object({
  type: z.literal('control_response'),
  response: z.object({
    subtype: z.string(),
    request_id: z.string(),
    response: z.unknown().optional(),
    error: z.string().optional(),
  }),
});

const controlRequest = z.object({
  type: z.literal('control_request'),
  request_id: z.string(),
  request: z.looseObject({ subtype: z.string() }),
});

const result = z.object({
  type: z.literal('result'),
  subtype: z.string(),
  is_error: z.boolean().default(false),
  num_turns: z.number().default(0),
  result: z.string().nullish(),
  api_error_status: z.number().nullish(),
  terminal_reason: z.string().nullish(),
  /** The cost of all turns of the process so far. */
  total_cost_usd: z.number().nullish(),
  /** By their full names, the models that it has asked; of those that it does not know it only guesses. */
  modelUsage: z
    .record(z.string(), z.looseObject({ contextWindow: z.number().optional(), costBasis: z.string().optional() }))
    .optional()
    .catch(undefined),
});

const assistant = z.object({
  type: z.literal('assistant'),
  uuid: z.string().optional(),
  parent_tool_use_id: parent,
  error: z.string().nullish(),
  request_id: z.string().nullish(),
  message: z
    .object({
      id: z.string().optional(),
      model: z.string().optional(),
      content: z.array(z.object({ text: z.string().optional() })),
      usage: z.nullish(streamUsageSchema).catch(undefined),
    })
    .optional()
    .catch(undefined),
  /** The status of a failed request; older versions tell it with the `result` only. */
  api_error_status: z.number().nullish(),
});

/** The CLI has the results of calls that it made; users' lines of other kinds are echoes of what it was sent. */
const toolResults = z.object({
  type: z.literal('user'),
  parent_tool_use_id: parent,
  message: z.object({
    content: z.array(
      z.object({
        type: z.literal('tool_result'),
        tool_use_id: z.string(),
        content: z.union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))]).optional(),
        is_error: z.boolean().nullish(),
      }),
    ),
  }),
  /** Whether the tools were permitted. */
  tool_result_meta: z
    .array(z.looseObject({ id: z.string(), permission_decision: z.looseObject({ decision: z.string() }).optional() }))
    .optional()
    .catch(undefined),
});

/** The CLI is going to ask the API again, after a wait. */
const apiRetry = z.object({
  type: z.literal('system'),
  subtype: z.literal('api_retry'),
  retry_delay_ms: z.number(),
  /** Null for a lost connection. */
  error_status: z.number().nullish(),
});

/** `requesting`: the CLI is about to ask the API. */
const status = z.object({ type: z.literal('system'), subtype: z.literal('status'), status: z.string().nullish() });

/** How much of a subscription is used up; `resetsAt` is a Unix time in seconds. */
const rateLimitEvent = z.object({
  type: z.literal('rate_limit_event'),
  rate_limit_info: z.object({ status: z.string(), resetsAt: z.number().nullish() }),
});

/** Comes before a turn's first request. */
const init = z.object({
  type: z.literal('system'),
  subtype: z.literal('init'),
  mcp_servers: z.array(z.object({ name: z.string(), status: z.string() })).default([]),
});

const system = z.discriminatedUnion('subtype', [apiRetry, init, status]);

const cliMessage = z.union([streamEvent, controlResponse, controlRequest, result, assistant, toolResults, system, rateLimitEvent]);

/** One line that the CLI writes; lines of kinds that don't matter here are left out. */
export type CliMessage = z.infer<typeof cliMessage>;
export type CliControlRequest = z.infer<typeof controlRequest>;
export type CliStreamEvent = StreamEvent;
export type CliToolResults = z.infer<typeof toolResults>;
export type ModelsTold = NonNullable<z.infer<typeof result>['modelUsage']>;
export type CliInit = z.infer<typeof init>;
export type CliResult = z.infer<typeof result>;

/** By the `type` of the line. */
export const cliMessageSchemas: Readonly<Record<string, z.ZodType<CliMessage>>> = {
  stream_event: streamEvent,
  control_response: controlResponse,
  control_request: controlRequest,
  result,
  assistant,
  user: toolResults,
  system,
  rate_limit_event: rateLimitEvent,
};
