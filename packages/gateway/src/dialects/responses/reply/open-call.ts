import { createCustomInput } from '../../openai/custom-input.ts';
import type { GivenTool, HostKind } from '../request/host-tools.ts';
import type { ItemPlace, OpenItem } from './open-item.ts';
import type { CallItem, ItemStatus, LocalShellAction, PatchOperation } from './output-item.ts';
import { parseArguments } from '../../../turn/parse-arguments.ts';
import type { JsonObject } from '../../../turn/tool.ts';

export interface OpenCall extends OpenItem {
  readonly added: CallItem;
}

/** Begins the call of a tool, in the form of that kind of tool. */
export function openCall(place: ItemPlace, callId: string, tool: GivenTool): OpenCall {
  if (tool.kind === 'function') return openFunctionCall(place, callId, tool);
  if (tool.kind === 'custom') return openCustomCall(place, callId, tool);
  return openHostCall(place, callId, tool.kind);
}

function openFunctionCall(place: ItemPlace, callId: string, tool: GivenTool): OpenCall {
  const { name } = tool;
  let json = '';

  function toItem(status: CallItem['status']): CallItem {
    return { id: place.item_id, type: 'function_call', status, call_id: callId, ...nameOf(tool), arguments: json };
  }

  return {
    added: toItem('in_progress'),
    add(event) {
      if (event.type !== 'input-delta' || event.json === '') return [];
      json += event.json;
      return [{ type: 'response.function_call_arguments.delta', ...place, delta: event.json }];
    },
    end: (status) => ({
      events: [{ type: 'response.function_call_arguments.done', ...place, name, arguments: json }],
      item: toItem(status),
    }),
  };
}

/** Claude gives such a tool an object of one text, of which the caller gets the text. */
function openCustomCall(place: ItemPlace, callId: string, tool: GivenTool): OpenCall {
  const input = createCustomInput();
  let text = '';

  function toItem(status: CallItem['status']): CallItem {
    return { id: place.item_id, type: 'custom_tool_call', status, call_id: callId, ...nameOf(tool), input: text };
  }

  function tell(delta: string): ReturnType<OpenItem['add']> {
    text += delta;
    return delta === '' ? [] : [{ type: 'response.custom_tool_call_input.delta', ...place, delta }];
  }

  return {
    added: toItem('in_progress'),
    add: (event) => (event.type === 'input-delta' ? tell(input.add(event.json)) : []),
    end(status) {
      const rest = tell(input.end());
      return { events: [...rest, { type: 'response.custom_tool_call_input.done', ...place, input: text }], item: toItem(status) };
    },
  };
}

/** A call that the caller's machine runs. It has no deltas: what it is to do is told when it is whole. */
function openHostCall({ item_id: id }: ItemPlace, callId: string, kind: HostKind): OpenCall {
  let json = '';
  return {
    added: toHostCall(kind, { id, call_id: callId, status: 'in_progress' }, ''),
    add(event) {
      if (event.type === 'input-delta') json += event.json;
      return [];
    },
    end: (status) => ({ events: [], item: toHostCall(kind, { id, call_id: callId, status }, json) }),
  };
}

function nameOf({ name, namespace }: GivenTool): { readonly name: string; readonly namespace?: string } {
  return { name, ...(namespace !== undefined && { namespace }) };
}

interface CallIdentity {
  readonly id: string;
  readonly call_id: string;
  readonly status: ItemStatus;
}

/** The call of a tool that the API defines and the caller runs, from the arguments that Claude wrote for it. `inputOfHostCall` is the reverse. */
function toHostCall(kind: HostKind, identity: CallIdentity, json: string): CallItem {
  const { input } = parseArguments(json);
  switch (kind) {
    case 'local_shell':
      return { type: 'local_shell_call', ...identity, action: toLocalShellAction(input) };
    case 'shell': {
      const { commands, timeout_ms: timeout, max_output_length: length } = input;
      const action = { commands: toTexts(commands), timeout_ms: toNumber(timeout), max_output_length: toNumber(length) };
      return { type: 'shell_call', ...identity, action, environment: null };
    }
    case 'apply_patch':
      return {
        type: 'apply_patch_call',
        ...identity,
        status: identity.status === 'completed' ? 'completed' : 'in_progress',
        operation: toOperation(input),
      };
    case 'tool_search':
      return { type: 'tool_search_call', ...identity, execution: 'client', arguments: input };
  }
}

function toLocalShellAction({ command, env, timeout_ms: timeout, user, working_directory: directory }: JsonObject): LocalShellAction {
  return {
    type: 'exec',
    command: toTexts(command),
    env: typeof env === 'object' && env !== null ? Object.fromEntries(Object.entries(env).map(([key, each]) => [key, String(each)])) : {},
    ...(typeof timeout === 'number' && { timeout_ms: timeout }),
    ...(typeof user === 'string' && { user }),
    ...(typeof directory === 'string' && { working_directory: directory }),
  };
}

function toOperation({ type, path, diff }: JsonObject): PatchOperation {
  const place = { path: typeof path === 'string' ? path : '' };
  if (type === 'delete_file') return { type, ...place };
  return { type: type === 'create_file' ? type : 'update_file', ...place, diff: typeof diff === 'string' ? diff : '' };
}

function toTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.map(String) : [];
}

function toNumber(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
