import type { InputItem } from './input-schema.ts';
import { badRequest, type GatewayError } from '../../../gateway-error.ts';
import type { CallFault } from '../../../turn/find-call-fault.ts';

/** Which output answers which call of an input, by their indexes. */
export interface PairedOutputs {
  readonly ofCall: ReadonlyMap<number, number>;
  /** Where the caller has answered those calls: calls that it has allowed have their output later. */
  readonly answers: ReadonlyMap<number, number>;
  /** Outputs of calls that are not in the input. */
  readonly orphans: ReadonlySet<number>;
}

const outputTypes = {
  function_call_output: 'function_call',
  custom_tool_call_output: 'custom_tool_call',
  local_shell_call_output: 'local_shell_call',
  shell_call_output: 'shell_call',
  apply_patch_call_output: 'apply_patch_call',
  tool_search_output: 'tool_search_call',
  mcp_approval_response: 'mcp_approval_request',
} as const;

export type OutputItem = Extract<InputItem, { type: keyof typeof outputTypes }>;
export type McpCallItem = Extract<InputItem, { type: 'mcp_call' }>;
type CallItem = Extract<InputItem, { type: (typeof outputTypes)[keyof typeof outputTypes] }>;

const callTypes: ReadonlySet<string> = new Set(Object.values(outputTypes));

export function isOutput(item: InputItem): item is OutputItem {
  return item.type in outputTypes;
}

function isCall(item: InputItem): item is CallItem {
  return callTypes.has(item.type);
}

/**
 * Finds the output of each call: its kind and id are the same. Of several outputs the last one holds, but where several calls have one id each of
 * them has its own. The call of an MCP server's tool is an output too: of its request for approval, or else of itself.
 */
export function pairOutputs(input: readonly InputItem[]): PairedOutputs {
  const calls = new Map<string, number[]>();
  const outputs = new Map<string, number[]>();
  const ofCall = new Map<number, number>();
  for (const [index, item] of input.entries()) {
    if (item.type === 'mcp_call') ofCall.set(index, index);
    else if (isOutput(item)) add(outputs, keyOfOutput(item), index);
    else if (isCall(item)) add(calls, keyOf(item.type, item), index);
  }
  const orphans = new Set<number>();
  for (const [key, indexes] of outputs) {
    const asked = calls.get(key);
    if (asked === undefined) for (const index of indexes) orphans.add(index);
    else if (asked.length === 1) ofCall.set(asked[0] ?? 0, indexes.at(-1) ?? 0);
    else asked.forEach((call, place) => indexes[place] !== undefined && ofCall.set(call, indexes[place]));
  }
  const answers = new Map(ofCall);
  for (const [index, item] of input.entries()) {
    const [request] = (item.type === 'mcp_call' && calls.get(`mcp_approval_request ${item.approval_request_id}`)) || [];
    if (request === undefined) continue;
    ofCall.set(request, index);
    ofCall.delete(index);
  }
  // An approval that Claude has gone on behind is not acted on again.
  const lastSaid = input.findLastIndex(isSaidByClaude);
  for (const [call, output] of ofCall) {
    const item = input[output];
    if (item?.type === 'mcp_approval_response' && item.approve && output < lastSaid) ofCall.delete(call);
  }
  return { ofCall, answers, orphans };
}

function isSaidByClaude(item: InputItem): boolean {
  return (item.type === 'message' && item.role === 'assistant') || item.type === 'mcp_call' || isCall(item);
}

function keyOfOutput(item: OutputItem): string {
  return item.type === 'mcp_approval_response' ? `mcp_approval_request ${item.approval_request_id}` : keyOf(outputTypes[item.type], item);
}

/** Outputs of a local shell may have the call's own id. */
function keyOf(type: string, { call_id: callId, id }: { readonly call_id?: string; readonly id?: string | null | undefined }): string {
  return `${type} ${callId || (id ?? '')}`;
}

function add(map: Map<string, number[]>, key: string, index: number): void {
  const others = map.get(key);
  if (others === undefined) map.set(key, [index]);
  else others.push(index);
}

/** Says in OpenAI's words what is wrong with calls and outputs: in the request, or in the conversation that it goes on with. */
export function responsesCallFault(fault: CallFault): GatewayError {
  const place = fault.place ?? 'input';
  switch (fault.type) {
    case 'unanswered':
      return badRequest(`No tool output found for function call ${fault.ids.join(', ')}.`, 'input');
    case 'unexpected':
      return badRequest(`No tool call found for function call output with call_id ${fault.id}.`, place);
    case 'twice':
      return badRequest(`The call_id '${fault.id}' stands twice in one answer. Give every call an id of its own.`, place);
  }
}
