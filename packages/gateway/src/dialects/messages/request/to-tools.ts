import type { Tool, ToolChoice } from '../../../turn/tool.ts';
import type { CountBody } from './request-schema.ts';
import type { GivenTool } from './tool-schema.ts';

/** The tools of a request in its own order, which is part of what is cached, as they are after all that its system messages change of them. */
export function toTools({ tools, messages }: Pick<CountBody, 'tools' | 'messages'>): Tool[] {
  return withChanges(tools ?? [], messages).map((tool) => (isOwn(tool) ? toOwnTool(tool) : toDefinedTool(tool)));
}

function withChanges(declared: readonly GivenTool[], messages: CountBody['messages']): readonly GivenTool[] {
  const changes = messages.flatMap((message) => (message.role === 'system' ? message.toolChanges : []));
  if (changes.length === 0) return declared;
  // The last that is said of a name holds.
  const added = new Map<string, GivenTool>();
  const shown = new Map<string, boolean>();
  for (const { type, tool } of changes) {
    const name = tool.type === 'tool_reference' ? tool.name : nameOf(tool.definition);
    shown.set(name, type === 'tool_addition');
    if (tool.type === 'tool_definition') added.set(name, tool.definition);
  }
  const own = declared.filter((tool) => !added.has(nameOf(tool)));
  return [...own, ...added.values()].flatMap((tool) => {
    const isShown = shown.get(nameOf(tool));
    if (isShown === undefined) return [tool];
    // What is told to be there is not to be searched for.
    return isShown ? [{ ...tool, defer_loading: undefined }] : [];
  });
}

function nameOf({ name, type }: GivenTool): string {
  return name ?? type ?? '';
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

/** A tool that Anthropic defines: its definition says all. */
function toDefinedTool(definition: Exclude<GivenTool, OwnTool>): Tool {
  return { name: definition.name ?? definition.type, description: '', inputSchema: { type: 'object' }, strict: false, definition };
}
