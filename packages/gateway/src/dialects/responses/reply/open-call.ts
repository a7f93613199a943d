import { createCustomInput } from '../../openai/custom-input.ts';
import type { GivenTool, HostKind } from '../request/host-tools.ts';
import type { ItemPlace, OpenItem } from './open-item.ts';
import type { CallItem } from './output-item.ts';
import { toHostCall } from './to-host-call.ts';

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
