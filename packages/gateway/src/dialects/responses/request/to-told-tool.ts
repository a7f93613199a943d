import type { JsonObject } from '../../../turn/tool.ts';
import type { RequestTool } from './tool-schema.ts';

/** A tool of a request as it is told again, with all keys of functions; without the secrets that are for an MCP server alone. */
export function toToldTool(tool: RequestTool): JsonObject {
  if (tool.type === 'hosted') {
    const { kind, ...given } = tool;
    return { ...given, type: kind };
  }
  if (tool.type === 'mcp') {
    const { headers: _headers, authorization: _authorization, server_url: url, ...given } = tool;
    return { ...given, ...(url && { server_url: withoutPath(url) }) };
  }
  if (tool.type !== 'function') return tool;
  const { description = null, parameters = null, strict = null } = tool;
  return { ...tool, description, parameters, strict };
}

/** There may be a key in the path, in the query, or before the host. */
function withoutPath(url: string): string {
  const origin = /^https?:\/\/(?:[^/?#@]*@)?([^/?#@]+)/i.exec(url)?.[1];
  return origin === undefined ? '<redacted>' : `${/^https:/i.test(url) ? 'https' : 'http'}://${origin}/<redacted>`;
}
