import type { ActivityItem } from './output-item.ts';

export type McpCallItem = Extract<ActivityItem, { type: 'mcp_call' }>;

export interface McpCall {
  readonly id: string;
  readonly server: string;
  readonly tool: string;
  /** The arguments. */
  readonly json: string;
  /** The id of the item by which the caller was asked for it; null where it was not. */
  readonly request: string | null;
}

/** @param text What came of it, good or bad; empty before that. */
export function toMcpCall({ id, server, tool, json, request }: McpCall, status: McpCallItem['status'], text: string): McpCallItem {
  return {
    id,
    type: 'mcp_call',
    status,
    server_label: server,
    name: tool,
    arguments: json,
    output: status === 'completed' ? text : null,
    error: status === 'failed' ? text : null,
    approval_request_id: request,
  };
}
