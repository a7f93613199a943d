import { badRequest } from '../../../gateway-error.ts';
import type { Metadata } from '../../../ports/conversation-store.ts';
import type { SchemaPlaces, TurnRequest } from '../../../engine/turn-request.ts';
import { toSystem } from '../../../turn/content-block.ts';
import { type Reasoning, toReasoning } from '../../../turn/reasoning.ts';
import type { JsonObject } from '../../../turn/tool.ts';
import { ineffectiveKeys } from '../../parameters.ts';
import { toSampling } from '../../openai/to-sampling.ts';
import { ineffectiveParts } from './ineffective-parts.ts';
import { parameters } from './parameters.ts';
import type { ChatCompletionRequest } from './request-schema.ts';
import { toRequestMessages } from './to-request-messages.ts';
import { toTools } from './to-tools.ts';

/**
 * Says in neutral terms what a chat completion asks for.
 *
 * @throws {GatewayError} 400 for what no schema can see, such as a choice of a tool that is not there.
 */
export function toTurnRequest(request: ChatCompletionRequest): TurnRequest {
  const { system, seed, activity, temperature, top_p, top_k, stop } = request;
  const { tools, choice } = toTools(request);
  const reasoning = toReasoningWish(request);
  const outputSchema = toOutputSchema(request.response_format);
  const endUser = request.safety_identifier ?? request.user;
  const conversation = namedConversation(request);
  return {
    model: request.model,
    system: toSystem(typeof system === 'string' ? system : (system ?? []).map(({ text }) => text).join('\n')),
    messages: toRequestMessages(request.messages),
    tools,
    toolChoice: choice,
    sampling: toSampling({ max_tokens: request.max_completion_tokens ?? request.max_tokens, temperature, top_p, top_k, stop }),
    reasoning,
    outputSchema,
    schemaPlaces: schemaPlaces(request),
    endUser: endUser || undefined,
    conversation,
    keep: request.store !== false,
    metadata: request.metadata ? withoutConversation(request.metadata) : {},
    choices: request.n ?? 1,
    streamed: request.stream === true,
    seed: seed ?? undefined,
    activity: activity ?? undefined,
    ignored: [...ineffectiveKeys(parameters, request), ...ineffectiveParts(request)],
  };
}

function withoutConversation(metadata: Metadata): Metadata {
  const { conversation_id: _, ...own } = metadata;
  return own;
}

/** How a request asks the model to think; undefined when it does not say. */
function toReasoningWish({ reasoning_effort, reasoning, thinking }: ChatCompletionRequest): Reasoning | undefined {
  const effort = reasoning_effort ?? reasoning?.effort ?? undefined;
  const byEffort = effort === undefined ? undefined : toReasoning(effort);
  if (!thinking) return byEffort;
  const own = byEffort?.effort === undefined ? {} : { effort: byEffort.effort };
  if (thinking.type === 'disabled') return { ...own, thinking: { type: 'off' } };
  return {
    ...own,
    thinking:
      thinking.type === 'adaptive' ? { type: 'adaptive', display: 'summarized' } : { type: 'budget', tokens: thinking.budget_tokens },
  };
}

function toOutputSchema(format: ChatCompletionRequest['response_format']): JsonObject | undefined {
  if (format?.type === 'json_object') return { type: 'object' };
  return format?.type === 'json_schema' ? format.json_schema.schema : undefined;
}

/** Where a request has its schemas, for errors. */
function schemaPlaces({ tools, functions }: ChatCompletionRequest): SchemaPlaces {
  const places = tools
    ? tools.flatMap((tool, index) => (tool.type === 'custom' ? [] : [[tool.function.name, `tools[${index}].${placeIn(tool)}`] as const]))
    : (functions ?? []).map(({ name }, index) => [name, `functions[${index}].parameters`] as const);
  return { outputSchema: 'response_format.json_schema.schema', tools: new Map(places) };
}

/** As the caller wrote it: see `toOpenaiTool`. */
function placeIn({ name, input_schema: schema }: Readonly<Record<string, unknown>>): string {
  if (schema !== undefined) return 'input_schema';
  return name === undefined ? 'function.parameters' : 'parameters';
}

/**
 * The id of the conversation that a body names: in `conversation_id`, or, for clients that can't send fields of their own, in
 * `metadata.conversation_id`. Undefined when it names none.
 *
 * @throws {GatewayError} 400 when it names two.
 */
function namedConversation(request: ChatCompletionRequest): string | undefined {
  const own = request.conversation_id || undefined;
  const within = request.metadata?.['conversation_id'] || undefined;
  if (own === undefined || within === undefined || own === within) return own ?? within;
  throw badRequest(
    "Invalid value for 'conversation_id': the body and its 'metadata' name different conversations. Send it in one place.",
    'conversation_id',
  );
}
