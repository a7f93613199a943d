import { badRequest } from '../../../gateway-error.ts';
import type { ServerWish, ToolFilter } from '../../../engine/hosted/server-wish.ts';
import type { McpServerTool } from './tool-schema.ts';

type Filter = Exclude<McpServerTool['allowed_tools'], readonly string[]>;

const maxHeaders = 64;
const headerName = /^[\w!#$%&'*+.^`|~-]+$/;
const unsendable = /[^\t\x20-\x7e\x80-\xff]/;
/** They say of the connection what the connection itself must say. */
const ownHeaders = /^(host|connection|content-length|content-type|transfer-encoding|accept|mcp-.*)$/i;

/**
 * Reads which MCP server a request names, and what the model may do there.
 *
 * @throws {GatewayError} 400 for a server without an address, and for headers that can't be sent.
 */
export function toServer(tool: McpServerTool, place: string): ServerWish {
  const { server_label: label, server_url: url, connector_id: connector, authorization, allowed_tools: allowed } = tool;
  if (!url) {
    const why = connector ? "'connector_id' is for services that OpenAI is connected to" : "it has no 'server_url'";
    throw badRequest(`Unsupported value for '${place}': ${why}. Give the server's address as 'server_url'.`, place, 'unsupported_value');
  }
  return {
    label,
    url,
    headers: { ...toHeaders(tool, place), ...(authorization && { authorization: toBearer(authorization) }) },
    ...(allowed && { allowed: toFilter(allowed) }),
    ...toApproval(tool),
    place,
  };
}

function toHeaders({ headers }: McpServerTool, place: string): Record<string, string> {
  const given = Object.entries(headers ?? {});
  if (given.length > maxHeaders) throw invalidHeaders(place, `there may be ${maxHeaders} at most`);
  return Object.fromEntries(
    given.map(([name, value]) => {
      const isSent = typeof value === 'string' && headerName.test(name) && !unsendable.test(value) && !ownHeaders.test(name);
      if (!isSent) throw invalidHeaders(place, `'${name.slice(0, 64)}' can't be sent`);
      return [name, value];
    }),
  );
}

function invalidHeaders(place: string, why: string): Error {
  return badRequest(`Invalid value for '${place}.headers': ${why}.`, `${place}.headers`);
}

function toBearer(authorization: string): string {
  return /^\S+ /.test(authorization) ? authorization : `Bearer ${authorization}`;
}

/** Tools of which nothing is said are asked for. */
function toApproval({ require_approval: required }: McpServerTool): Pick<ServerWish, 'unasked'> {
  if (required === 'never') return { unasked: {} };
  if (!required || required === 'always' || !saysSomething(required.never)) return {};
  return { unasked: { ...toFilter(required.never), ...(saysSomething(required.always) && { except: toFilter(required.always) }) } };
}

function saysSomething(filter: Filter): filter is NonNullable<Filter> {
  return Boolean(filter?.tool_names) || typeof filter?.read_only === 'boolean';
}

function toFilter(filter: NonNullable<McpServerTool['allowed_tools']>): ToolFilter {
  return Array.isArray(filter) ? { names: filter } : { names: filter.tool_names ?? undefined, readOnly: filter.read_only ?? undefined };
}
