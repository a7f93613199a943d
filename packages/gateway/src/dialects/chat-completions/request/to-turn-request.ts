import { badRequest } from '../../../gateway-error.ts';
import type { Metadata } from '../../../ports/conversation-store.ts';
import type { SchemaPlaces, TurnRequest } from '../../../engine/turn-request.ts';
import { toSystem } from '../../../turn/content-block.ts';
import { type Reasoning, toReasoning } from '../../../turn/reasoning.ts';
import type { JsonObject } from '../../../turn/tool.ts';
import { ineffectiveKeys } from '../../parameters.ts';
import { toSampling } from '../../openai/to-sampling.ts';
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

/** Where to cache a prompt: the CLI says that itself. */
const cacheHints = ['cache_control', 'prompt_cache_breakpoint'];
/** See `assistantPart` in the schema. */
const unreadParts: ReadonlySet<unknown> = new Set(['thinking', 'redacted_thinking', 'reasoning', 'input_json_delta']);

/** The first of each kind of thing within messages, system prompt and tools that has no effect, by its place: `messages[1].name`. */
function ineffectiveParts({ messages, system, tools, functions }: ChatCompletionRequest): string[] {
  const places = new Map<string, string>();

  function note(kind: string, place: string): void {
    if (!places.has(kind)) places.set(kind, place);
  }

  function look(value: unknown, place: string): void {
    if (typeof value !== 'object' || value === null) return;
    for (const hint of cacheHints) {
      if ((Reflect.get(value, hint) ?? undefined) !== undefined) note(hint, `${place}.${hint}`);
    }
    if (unreadParts.has(Reflect.get(value, 'type'))) note('part', place);
    lookThrough(Reflect.get(value, 'content'), `${place}.content`);
  }

  function lookThrough(values: unknown, place: string): void {
    if (Array.isArray(values)) for (const [index, value] of values.entries()) look(value, `${place}[${index}]`);
  }

  lookThrough(messages, 'messages');
  lookThrough(system, 'system');
  lookThrough(tools, 'tools');
  tools?.forEach((tool, index) => look(tool[tool.type], `tools[${index}].${tool.type}`));
  lookThrough(functions, 'functions');
  for (const [index, message] of messages.entries()) {
    if (message.role === 'assistant' && message['audio']) note('audio', `messages[${index}].audio`);
    // A tool's name is in its call already.
    if (message.role !== 'tool' && message.role !== 'function' && message['name']) note('name', `messages[${index}].name`);
  }
  return [...places.values()];
}
