import type { Tool, ToolChoice } from '../../../turn/tool.ts';
import type { CountBody } from './request-schema.ts';
import type { GivenTool } from './tool-schema.ts';

/** The tools of a request in its own order, which is part of what is cached. */
export function toTools(given: CountBody['tools']): Tool[] {
  return (given ?? []).map((tool) => (isOwn(tool) ? toOwnTool(tool) : toDefinedTool(tool)));
}

export function toToolChoice(given: CountBody['tool_choice']): ToolChoice | undefined {
  if (!given) return undefined;
  if (given.type === 'none') return { type: 'none' };
  const disableParallel = given.disable_parallel_tool_use === true;
  return given.type === 'tool' ? { type: 'tool', name: given.name, disableParallel } : { type: given.type, disableParallel };
}

type OwnTool = Extract<GivenTool, { readonly input_schema: object }>;

function isOwn(tool: GivenTool): tool is OwnTool {
  return tool.type === undefined || tool.type === null || tool.type === 'custom';
}

function toOwnTool({ type: _type, name, description, input_schema: inputSchema, strict, ...extra }: OwnTool): Tool {
  return {
    name,
    description: description ?? '',
    inputSchema,
    strict: strict === true,
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}

/** Of a tool that Anthropic defines, its definition says all. */
function toDefinedTool(definition: Exclude<GivenTool, OwnTool>): Tool {
  return { name: definition.name ?? definition.type, description: '', inputSchema: { type: 'object' }, strict: false, definition };
}
