import type { InputItem } from './input-schema.ts';

/** Which output answers which call of an input, by their indexes. */
export interface PairedOutputs {
  readonly ofCall: ReadonlyMap<number, number>;
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
} as const;

export type OutputItem = Extract<InputItem, { type: keyof typeof outputTypes }>;
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
 * them has its own.
 */
export function pairOutputs(input: readonly InputItem[]): PairedOutputs {
  const calls = new Map<string, number[]>();
  const outputs = new Map<string, number[]>();
  for (const [index, item] of input.entries()) {
    if (isOutput(item)) add(outputs, keyOf(outputTypes[item.type], item), index);
    else if (isCall(item)) add(calls, keyOf(item.type, item), index);
  }
  const ofCall = new Map<number, number>();
  const orphans = new Set<number>();
  for (const [key, indexes] of outputs) {
    const asked = calls.get(key);
    if (asked === undefined) for (const index of indexes) orphans.add(index);
    else if (asked.length === 1) ofCall.set(asked[0] ?? 0, indexes.at(-1) ?? 0);
    else asked.forEach((call, place) => indexes[place] !== undefined && ofCall.set(call, indexes[place]));
  }
  return { ofCall, orphans };
}

/** Outputs of a local shell may have the call's own id. */
function keyOf(type: string, { call_id: callId, id }: OutputItem | CallItem): string {
  return `${type} ${callId || (id ?? '')}`;
}

function add(map: Map<string, number[]>, key: string, index: number): void {
  const others = map.get(key);
  if (others === undefined) map.set(key, [index]);
  else others.push(index);
}
