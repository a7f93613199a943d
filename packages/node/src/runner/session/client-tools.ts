import type { Tool, ToolResultBlock } from '@claude-code-api/gateway';
import { bareId } from '@claude-code-api/gateway/runner-kit';
import * as z from 'zod';
import type { CliControlRequest } from '../process/cli-message.ts';
import type { CliProcess } from '../process/cli-process.ts';

/** The name under which the caller's tools are a server to the CLI; the model never sees it. */
export const clientServerName = 'client';

/** The longest result that reaches the model whole by way of the CLI. */
export const maxResultCharacters = 500_000;

/** The longest wait for the CLI to make the call whose result is next, or to say that it has it. */
const patienceMs = 1000;

const protocolVersion = '2025-11-25';

const rpc = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string(),
  params: z
    .looseObject({
      protocolVersion: z.string().optional(),
      _meta: z.looseObject({ 'claudecode/toolUseId': z.string().optional() }).optional(),
    })
    .optional(),
});

/** The caller's tools, as the MCP server that the CLI takes them for. Its calls are held until the caller brings the results. */
export interface ClientTools {
  /** What `initialize` must say of the server; the manifests spare the CLI asking for what it is going to ask. */
  readonly initialize: object;
  /** Answers a request of the CLI's. Everything is answered: what the CLI waits for in vain stalls it. */
  handle(request: CliControlRequest): void;
  /**
   * Brings results, such as `fitsMcp` takes. The CLI gets them in this order, which is that in which the model sees them; a
   * call that the CLI has not made yet gets its result when it does.
   */
  answer(results: readonly ToolResultBlock[]): void;
  /** Tells that the CLI has taken these results. */
  confirm(toolUseIds: readonly string[]): void;
}

interface HeldCall {
  readonly requestId: string;
  readonly rpcId: string | number;
}

export function createClientTools(
  cli: Pick<CliProcess, 'send' | 'failure'>,
  tools: readonly Tool[],
  options: { readonly described?: boolean } = {},
): ClientTools {
  /** By `bareId`, as callers may bring their ids. */
  const open = new Map<string, HeldCall>();
  let waiting: ToolResultBlock[] = [];
  let inTransit: string | undefined;
  let patience: NodeJS.Timeout | undefined;
  const server = { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: clientServerName, version: '1' } };
  const list = { tools: tools.map((tool) => toMcpTool(tool, options.described === true)) };

  function respond(requestId: string, mcpResponse: object): void {
    cli.send({
      type: 'control_response',
      response: { subtype: 'success', request_id: requestId, response: { mcp_response: mcpResponse } },
    });
  }

  /** False when the CLI has not made the call yet. */
  function deliver(result: ToolResultBlock): boolean {
    const id = bareId(result.tool_use_id);
    const call = open.get(id);
    if (call === undefined) return false;
    open.delete(id);
    respond(call.requestId, {
      jsonrpc: '2.0',
      id: call.rpcId,
      result: { content: result.content.filter((block) => block.type === 'text') },
    });
    return true;
  }

  /** One result at a time: of several at once the CLI may take the later first. */
  function advance(): void {
    const [next] = waiting;
    if (inTransit !== undefined || next === undefined) return;
    clearTimeout(patience);
    patience = setTimeout(hurry, patienceMs);
    patience.unref();
    if (!deliver(next)) return;
    waiting.shift();
    inTransit = bareId(next.tool_use_id);
  }

  /** Order is not worth a long wait: whatever result can be given is given. */
  function hurry(): void {
    inTransit = undefined;
    waiting = cli.failure === undefined ? waiting.filter((result) => !deliver(result)) : [];
    advance();
  }

  return {
    initialize:
      tools.length === 0
        ? {}
        : {
            sdkMcpServers: [clientServerName],
            // A call takes as long as the caller takes.
            sdkMcpServerConfigs: { [clientServerName]: { timeout: 86_400_000, disableAutoBackground: true } },
            sdkMcpServerManifests: { [clientServerName]: { initializeResult: server, toolsListResult: list } },
          },

    handle({ request_id: requestId, request }) {
      const message = rpc.safeParse(request['message']);
      if (request.subtype !== 'mcp_message' || !message.success) {
        cli.send({ type: 'control_response', response: { subtype: 'error', request_id: requestId, error: 'not supported' } });
        return;
      }
      const { id = 0, method, params } = message.data;
      const toolUseId = params?.['_meta']?.['claudecode/toolUseId'];
      if (method === 'tools/call' && toolUseId !== undefined) {
        open.set(bareId(toolUseId), { requestId, rpcId: id });
        advance();
      } else if (method === 'initialize')
        respond(requestId, { jsonrpc: '2.0', id, result: { ...server, protocolVersion: params?.protocolVersion ?? protocolVersion } });
      else respond(requestId, { jsonrpc: '2.0', id, result: method === 'tools/list' ? list : {} });
    },

    answer(results) {
      waiting.push(...results);
      advance();
    },

    confirm(toolUseIds) {
      if (inTransit === undefined || !toolUseIds.map(bareId).includes(inTransit)) return;
      inTransit = undefined;
      clearTimeout(patience);
      advance();
    },
  };
}

/**
 * The CLI need only know the names: it would shorten and rewrite the rest, which goes into its requests as it is
 * (`toRequestBody`). Only where it has tools of its own to list beside them are they described to it.
 */
function toMcpTool(tool: Tool, described: boolean): object {
  return {
    name: tool.name,
    description: described ? tool.description : '',
    inputSchema: described ? { ...tool.inputSchema, type: 'object' } : { type: 'object' },
    // Read-only tools are called side by side; the caller decides what its tools may do.
    annotations: { readOnlyHint: true },
    // A longer result would be written to a file, with a note to the model in its place.
    _meta: { 'anthropic/maxResultSizeChars': maxResultCharacters },
  };
}
