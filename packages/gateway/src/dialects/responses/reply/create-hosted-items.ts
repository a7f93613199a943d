import type { CallResult, StartedBlock, TurnEvent } from '../../../turn/turn-event.ts';
import { toHostedId } from '../request/hosted-items.ts';
import { newId, type OutputOptions } from './output.ts';
import type { McpListItem, OutputItem } from './output-item.ts';
import type { OutputEvent } from './stream-event.ts';
import { type McpCall, toMcpCall } from './to-mcp-call.ts';

type ToolUse = Extract<StartedBlock, { type: 'tool_use' }>;

/** The items of what the gateway does with MCP servers for the caller. Several calls may be open. */
export interface HostedItems {
  /** What the servers have; only the first time. */
  list(): OutputEvent[];
  /** Begins the item of a call that Claude makes; undefined for a call of another tool. Some are told when they are whole. */
  begin(block: ToolUse, itemId: string): OutputEvent[] | undefined;
  /** What the next event of a block gives rise to: nothing, where that is none of these. */
  add(event: TurnEvent): OutputEvent[];
  /** A call that the caller has allowed is made. */
  start(event: Extract<TurnEvent, { type: 'call-start' }>): OutputEvent[];
  finish(results: readonly CallResult[]): OutputEvent[];
  /** Ends the items of the calls that are under way: the turn's end has cut them short, so they have failed. */
  end(): OutputEvent[];
}

interface Call extends McpCall {
  readonly index: number;
  json: string;
}

const untold = 'The turn ended before it was done.';

/** @param items Where the items of the output are put, in their order. */
export function createHostedItems(items: (OutputItem | undefined)[], options: Pick<OutputOptions, 'hosted' | 'approvals'>): HostedItems {
  const { hosted } = options;
  /** By the ids of the calls. */
  const open = new Map<string, Call>();
  let written: (Call | { readonly request: (json: string) => OutputEvent[]; json: string }) | undefined;
  let unlisted = hosted?.servers ?? [];

  function addWhole(item: OutputItem, between: OutputEvent[] = []): OutputEvent[] {
    const index = items.push(item) - 1;
    const place = { output_index: index, item };
    return [{ type: 'response.output_item.added', ...place }, ...between, { type: 'response.output_item.done', ...place }];
  }

  function openCall(id: string, call: Omit<Call, 'index'>): { readonly call: Call; readonly events: OutputEvent[] } {
    const opened: Call = { ...call, index: items.push(undefined) - 1 };
    open.set(id, opened);
    const events: OutputEvent[] = [
      { type: 'response.output_item.added', output_index: opened.index, item: toMcpCall(opened, 'in_progress', '') },
      { type: 'response.mcp_call.in_progress', ...placeOf(opened) },
    ];
    return { call: opened, events };
  }

  function end(callId: string, status: 'completed' | 'failed', text: string): OutputEvent[] {
    const call = open.get(callId);
    if (call === undefined) return [];
    open.delete(callId);
    const item = toMcpCall(call, status, text);
    items[call.index] = item;
    return [
      { type: `response.mcp_call.${status}`, ...placeOf(call) },
      { type: 'response.output_item.done', output_index: call.index, item },
    ];
  }

  return {
    list() {
      const servers = unlisted;
      unlisted = [];
      return servers.flatMap(({ label, tools }) => {
        const item: McpListItem = {
          id: newId('mcpl'),
          type: 'mcp_list_tools',
          server_label: label,
          tools: tools.map(({ inputSchema, annotations = null, name, description }) => ({
            ...{ name, description, annotations },
            input_schema: inputSchema,
          })),
          error: null,
        };
        const place = { item_id: item.id, output_index: items.length };
        return addWhole(item, [
          { type: 'response.mcp_list_tools.in_progress', ...place },
          { type: 'response.mcp_list_tools.completed', ...place },
        ]);
      });
    },
    begin({ id: callId, name }, itemId) {
      const tool = hosted?.known.get(name);
      if (tool === undefined) return undefined;
      if (tool.needsApproval) {
        const id = toHostedId('mcpr', itemId, callId, false);
        const asked = { id, type: 'mcp_approval_request', server_label: tool.server, name: tool.name } as const;
        written = { json: '', request: (json) => addWhole({ ...asked, arguments: json }) };
        return [];
      }
      const id = toHostedId('mcp', itemId, callId, open.size > 0);
      const { call, events } = openCall(callId, { id, server: tool.server, tool: tool.name, request: null, json: '' });
      written = call;
      return events;
    },
    add(event) {
      if (written === undefined) return [];
      if (event.type === 'input-delta') {
        written.json += event.json;
        return 'index' in written && event.json !== ''
          ? [{ type: 'response.mcp_call_arguments.delta', ...placeOf(written), delta: event.json }]
          : [];
      }
      if (event.type !== 'block-end') return [];
      const { json, ...whole } = written;
      written = undefined;
      return 'index' in whole ? [{ type: 'response.mcp_call_arguments.done', ...placeOf(whole), arguments: json }] : whole.request(json);
    },
    start({ id: callId, name, input, itemId = '' }) {
      const tool = hosted?.known.get(name);
      if (tool === undefined) return [];
      const id = toHostedId('mcp', itemId, callId, open.size > 0);
      const request = options.approvals?.get(callId) ?? null;
      const json = JSON.stringify(input);
      const { call, events } = openCall(callId, { id, server: tool.server, tool: tool.name, request, json });
      return [...events, { type: 'response.mcp_call_arguments.done', ...placeOf(call), arguments: json }];
    },
    finish: (results) => results.flatMap(({ id, text, isError }) => end(id, isError ? 'failed' : 'completed', text)),
    end: () => [...open.keys()].flatMap((id) => end(id, 'failed', untold)),
  };
}

function placeOf({ id, index }: Pick<Call, 'id' | 'index'>): { readonly item_id: string; readonly output_index: number } {
  return { item_id: id, output_index: index };
}
