import type { TurnRequest } from '../../../engine/turn-request.ts';
import { toReasoning } from '../../../turn/reasoning.ts';
import { ineffectiveKeys } from '../../parameters.ts';
import { toSampling } from '../../openai/to-sampling.ts';
import { toSystem } from '../../../turn/system-text.ts';
import type { JsonObject } from '../../../turn/tool.ts';
import { parameters } from './parameters.ts';
import type { ResponsesRequest } from './parse-request.ts';
import type { ResponsesBody } from './request-schema.ts';
import { toInputItems } from './to-input-items.ts';
import { toMessages } from './to-messages.ts';
import { toToolChoice } from './to-tool-choice.ts';

/**
 * Says in neutral terms what a response is asked for.
 *
 * @throws {GatewayError} 400 for what no schema can see, such as a choice of a tool that is not there.
 */
export function toTurnRequest({ body, toolset, goesOn }: ResponsesRequest): TurnRequest {
  const { input, conversation, activity } = body;
  const items = typeof input === 'string' ? [] : (input ?? []);
  const outputSchema = toOutputSchema(body.text?.format);
  const endUser = body.safety_identifier ?? body.user;
  const effort = body.reasoning?.effort;
  const labels = new Set(toolset.servers.map(({ label }) => label));
  return {
    model: body.model,
    system: toSystem(body.instructions ?? ''),
    messages:
      typeof input === 'string'
        ? [{ role: 'user', content: [{ type: 'text', text: input }], place: 'input' }]
        : toMessages(items, goesOn, labels),
    ...toToolChoice(body, toolset),
    ...(body.max_tool_calls && { maxHostedCalls: body.max_tool_calls }),
    sampling: toSampling({ max_tokens: body.max_output_tokens, temperature: body.temperature, top_p: body.top_p }),
    ...(effort && { reasoning: toReasoning(effort) }),
    ...(outputSchema !== undefined && { outputSchema }),
    schemaPlaces: { outputSchema: 'text.format.schema', tools: toolset.places },
    ...(endUser && { endUser }),
    ...(conversation && { conversation: typeof conversation === 'string' ? conversation : conversation.id }),
    ...(body.previous_response_id && { previousResponse: body.previous_response_id }),
    keep: body.store !== false,
    ...(body.store !== false && { response: { input: toInputItems(input ?? []), background: body.background === true } }),
    metadata: body.metadata ?? {},
    choices: 1,
    streamed: body.stream === true,
    ...(activity && { activity }),
    seals: true,
    ignored: [...ineffectiveKeys(parameters, body), ...toolset.unavailable, ...unreadItems(items)],
  };
}

function toOutputSchema(format: NonNullable<ResponsesBody['text']>['format']): JsonObject | undefined {
  if (format?.type === 'json_object') return { type: 'object' };
  return format?.type === 'json_schema' ? format.schema : undefined;
}

/** What an agent here did is in its answer already, and servers are asked anew what they have. */
const silent: ReadonlySet<unknown> = new Set(['mcp_call', 'mcp_list_tools', 'web_search_call']);

/** The first item of each kind that Claude can't be told of. */
function unreadItems(items: readonly { readonly type: string; readonly kind?: unknown }[]): string[] {
  const places = new Map<unknown, string>();
  for (const [index, { type, kind }] of items.entries()) {
    if (type === 'other' && !silent.has(kind) && !places.has(kind)) places.set(kind, `input[${index}]`);
  }
  return [...places.values()];
}
