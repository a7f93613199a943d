import { badRequest } from '../../../gateway-error.ts';
import type { RequestMessage, TurnRequest } from '../../../engine/turn-request.ts';
import { approvedContent } from '../../../turn/approved-call.ts';
import { toReasoning } from '../../../turn/reasoning.ts';
import { ineffectiveKeys } from '../../parameters.ts';
import { toSampling } from '../../openai/to-sampling.ts';
import { toSystem } from '../../../turn/content-block.ts';
import type { JsonObject } from '../../../turn/tool.ts';
import { parameters } from './parameters.ts';
import type { ResponsesRequest } from './parse-request.ts';
import type { ResponsesBody } from './request-schema.ts';
import type { InputItem } from './input-schema.ts';
import { asksForSummary, toSummary } from './to-summary.ts';
import { toMessages } from './to-messages.ts';
import { toToolChoice } from './to-tool-choice.ts';
import { toToldTool } from './tool-schema.ts';

/**
 * Says in neutral terms what a response is asked for.
 *
 * @throws {GatewayError} 400 for what no schema can see, such as a choice of a tool that is not there.
 */
export function toTurnRequest({ body, toolset, goesOn }: ResponsesRequest): TurnRequest {
  const { input, conversation, activity } = body;
  const items = typeof input === 'string' ? [] : (input ?? []);
  const { effort, format } = configurationOf(body, items);
  const outputSchema = toOutputSchema(format);
  const endUser = body.safety_identifier ?? body.user;
  const labels = new Set(toolset.servers.map(({ label }) => label));
  const messages: RequestMessage[] =
    typeof input === 'string'
      ? [{ role: 'user', content: [{ type: 'text', text: input }], place: 'input' }]
      : toMessages(items, goesOn, labels);
  if (labels.size === 0) checkApprovals(messages);
  const asked: TurnRequest = {
    model: body.model,
    system: toSystem(body.instructions ?? ''),
    messages,
    ...toToolChoice(body, toolset),
    ...(toolset.search !== undefined && { webSearch: toolset.search }),
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
  return asksForSummary(items, body) ? toSummary(asked) : asked;
}

/** @throws {GatewayError} 400 for a call that is allowed, and whose server is not there. */
function checkApprovals(messages: readonly RequestMessage[]): void {
  if (!messages.some(({ content }) => content.some((block) => block.type === 'tool_result' && block.content === approvedContent))) return;
  throw badRequest("A call was allowed whose MCP server is not among 'tools'. Send its server again.", 'tools');
}

/** What holds at the end of the input, where Claude answers: the last word of the request, or of its items. */
function configurationOf({ reasoning, text }: ResponsesBody, items: readonly InputItem[]) {
  const updates = items.flatMap((item) => (item.type === 'configuration_update' ? [item] : []));
  return {
    effort: updates.findLast((update) => update.reasoning?.effort)?.reasoning?.effort ?? reasoning?.effort,
    format: updates.findLast((update) => update.text?.format)?.text?.format ?? text?.format,
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

/** An item of the input as it is told to who asks for it. */
export type ToldInputItem = JsonObject & { readonly id: string };

const prefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  function_call: 'fc',
  function_call_output: 'fco',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'ctco',
  reasoning: 'rs',
  compaction: 'cmp',
  mcp_call: 'mcp',
  mcp_list_tools: 'mcpl',
  mcp_approval_request: 'mcpr',
  mcp_approval_response: 'mcpa',
};

/** The input as it can be read again: messages in their full form, and each item with its own id, or with the beginning of one. */
function toInputItems(input: string | readonly InputItem[]): ToldInputItem[] {
  const items: readonly InputItem[] = typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input;
  const used = new Set<string>();
  return items.map((item) => {
    const { type, kind = type, ...given } = item;
    const own = item['id'];
    const id = typeof own === 'string' && own !== '' && !used.has(own) ? own : `${prefixes[String(kind)] ?? 'item'}_`;
    used.add(id);
    if (item.type === 'additional_tools' || item.type === 'tool_search_output')
      return { ...given, type, id, tools: (item.tools ?? []).map(toToldTool) };
    if (item.type !== 'message') return { ...given, type: type === 'other' ? kind : type, id };
    const { content } = item;
    const part = item.role === 'assistant' ? { type: 'output_text', annotations: [], logprobs: [] } : { type: 'input_text' };
    return {
      ...given,
      type,
      id,
      status: 'completed',
      content: typeof content === 'string' ? (content === '' ? [] : [{ ...part, text: content }]) : content,
    };
  });
}
