import { badRequest } from '../../../gateway-error.ts';
import type { JsonObject, Tool } from '../../../turn/tool.ts';
import { type GivenTool, type HostKind, hostTools } from './host-tools.ts';
import type { ServerWish } from '../../../engine/hosted/server-wish.ts';
import { groupedName } from '../../../turn/grouped-name.ts';
import type { InputItem } from './input-schema.ts';
import type { ResponsesBody } from './request-schema.ts';
import type { CustomTool, FunctionTool, RequestTool } from './tool-schema.ts';
import { toServer } from './to-server.ts';
import { toCustomTool } from '../../openai/to-custom-tool.ts';

/** The tools of a request, as Claude and as the caller know them. */
export interface Toolset {
  /** Sorted by name, as they reach the model. */
  readonly tools: readonly Tool[];
  /** What the caller calls them, by the names that Claude knows. */
  readonly given: ReadonlyMap<string, GivenTool>;
  /** The MCP servers whose tools the gateway is to call. */
  readonly servers: readonly ServerWish[];
  /** Where the request has their schemas, by the names that Claude knows. */
  readonly places: ReadonlyMap<string, string>;
  /** The place of the wish that Claude may search the web: `tools[0]`. Undefined: there is none. */
  readonly search: string | undefined;
  /** The places of those that nobody here can run: `tools[2]`. */
  readonly unavailable: readonly string[];
}

interface Entry {
  readonly tool: Tool;
  readonly given: GivenTool;
  /** Where the request has its schema. */
  readonly place: string;
}

/**
 * Reads the tools of a request: also those that stand in its input, which a later one of the same name replaces.
 *
 * @throws {GatewayError} 400 for a name given twice, and an MCP server that can't be reached so.
 */
export function toToolset({ tools, input }: Pick<ResponsesBody, 'tools' | 'input'>): Toolset {
  const entries = new Map<string, Entry>();
  const servers = new Map<string, ServerWish>();
  const unavailable: string[] = [];
  let search: string | undefined;
  for (const [index, tool] of (tools ?? []).entries()) {
    if (tool.type === 'mcp') {
      const { server_label: label } = tool;
      if (servers.has(label)) throw badRequest(`Invalid value for 'tools': the server_label '${label}' is given twice.`, 'tools');
      servers.set(label, toServer(tool, `tools[${index}]`));
      continue;
    }
    if (tool.type === 'hosted' && /^web_search(_|$)/.test(tool.kind)) {
      search ??= `tools[${index}]`;
      continue;
    }
    const added = toEntries(tool, `tools[${index}]`);
    if (added === undefined) unavailable.push(`tools[${index}]`);
    for (const entry of added ?? []) {
      const { name } = entry.tool;
      if (entries.has(name)) throw badRequest(`Invalid value for 'tools': the name '${name}' is given twice.`, 'tools');
      entries.set(name, entry);
    }
  }
  for (const [index, item] of (typeof input === 'string' ? [] : (input ?? [])).entries()) {
    for (const [place, tool] of toolsIn(item).entries()) {
      const at = `input[${index}].tools[${place}]`;
      if (tool.type === 'mcp') servers.set(tool.server_label, toServer(tool, at));
      else for (const entry of toEntries(tool, at) ?? []) entries.set(entry.tool.name, entry);
    }
  }
  const sorted = [...entries.values()].toSorted((one, other) => (one.tool.name < other.tool.name ? -1 : 1));
  return {
    tools: sorted.map(({ tool }) => tool),
    given: new Map(sorted.map(({ tool, given }) => [tool.name, given])),
    servers: [...servers.values()],
    places: new Map(sorted.map(({ tool, place }) => [tool.name, place])),
    search,
    unavailable,
  };
}

/** The name that Claude knows a tool by: in a group it is the group's and its own. */
export function claudeNameOf({ name, namespace }: { readonly name: string; readonly namespace?: string | null | undefined }): string {
  return namespace ? groupedName(namespace, name) : name;
}

function toolsIn(item: InputItem): readonly RequestTool[] {
  return item.type === 'additional_tools' || item.type === 'tool_search_output' ? (item.tools ?? []) : [];
}

/** Undefined for a tool that can't be had here. */
function toEntries(tool: Exclude<RequestTool, { type: 'mcp' }>, place: string): Entry[] | undefined {
  switch (tool.type) {
    case 'function':
    case 'custom':
      return [toEntry(tool, undefined, place)];
    case 'namespace':
      return tool.tools.map((each, index) => toEntry(each, tool.name, `${place}.tools[${index}]`));
    case 'tool_search':
      return tool.execution === 'client' ? [toHostEntry(tool.type, place, tool)] : undefined;
    case 'local_shell':
    case 'shell':
    case 'apply_patch':
      return [toHostEntry(tool.type, place)];
    case 'hosted':
      return undefined;
  }
}

function toEntry(tool: FunctionTool | CustomTool, namespace: string | undefined, place: string): Entry {
  const given: GivenTool = { kind: tool.type, name: tool.name, ...(namespace !== undefined && { namespace }) };
  const name = claudeNameOf(given);
  if (tool.type === 'custom') {
    const { description, format } = tool;
    return { given, place, tool: toCustomTool({ name, description, grammar: format?.type === 'grammar' ? format : undefined }) };
  }
  const { description, parameters, strict } = tool;
  return {
    given,
    place: `${place}.parameters`,
    tool: { name, description: description ?? '', inputSchema: toInputSchema(parameters), strict: strict === true },
  };
}

function toHostEntry(
  kind: HostKind,
  place: string,
  { description, parameters }: Partial<Pick<FunctionTool, 'description' | 'parameters'>> = {},
): Entry {
  const own = hostTools[kind];
  return {
    given: { kind, name: kind },
    place: `${place}.parameters`,
    tool: { name: kind, description: description ?? own.description, inputSchema: parameters ?? own.inputSchema, strict: false },
  };
}

/** The API wants to read that arguments are an object; all else is the caller's. */
function toInputSchema(parameters: FunctionTool['parameters']): JsonObject {
  if (!parameters) return { type: 'object', properties: {} };
  return 'type' in parameters ? parameters : { type: 'object', ...parameters };
}
