import { badRequest } from '../../../bad-request.ts';
import type { Tool, ToolChoice } from '../../../turn/tool.ts';
import type { ResponsesBody } from './request-schema.ts';
import type { ChosenTool } from './tool-schema.ts';
import { claudeNameOf, type Toolset } from './to-toolset.ts';

export interface ChosenTools {
  /** Those that the model is shown. */
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
}

/**
 * Reads which of the tools the model may call, and must.
 *
 * @throws {GatewayError} 400 for a choice of what is not there, or can't be had here.
 */
export function toToolChoice(request: Pick<ResponsesBody, 'tool_choice' | 'parallel_tool_calls'>, { tools }: Toolset): ChosenTools {
  const choice = request.tool_choice ?? 'auto';
  const disableParallel = request.parallel_tool_calls === false;
  if (choice === 'none') return { tools, toolChoice: { type: 'none' } };
  if (choice === 'auto') return { tools, ...(disableParallel && tools.length > 0 && { toolChoice: { type: 'auto', disableParallel } }) };
  if (choice === 'required') return { tools: atLeastOne(tools), toolChoice: { type: 'any', disableParallel } };
  if (!isAllowed(choice)) return { tools, toolChoice: { type: 'tool', name: known(choice, tools), disableParallel: true } };
  const allowed = new Set(choice.tools.flatMap((tool) => (isNamed(tool) ? [known(tool, tools)] : nameOf(tool, tools))));
  const shown = tools.filter(({ name }) => allowed.has(name));
  if (choice.mode === 'required') return { tools: atLeastOne(shown), toolChoice: { type: 'any', disableParallel } };
  return { tools: shown, ...(disableParallel && { toolChoice: { type: 'auto', disableParallel } }) };
}

type ObjectChoice = Exclude<NonNullable<ResponsesBody['tool_choice']>, string>;
type AllowedTools = Extract<ObjectChoice, { mode: string }>;
type NamedTool = Extract<ChosenTool, { type: 'function' | 'custom' }>;

function isAllowed(choice: ObjectChoice): choice is AllowedTools {
  return choice.type === 'allowed_tools';
}

function isNamed(tool: ChosenTool): tool is NamedTool {
  return tool.type === 'function' || tool.type === 'custom';
}

/** Tools that the API defines are named by their type. */
function nameOf(tool: ChosenTool, tools: readonly Tool[]): string[] {
  return isNamed(tool) ? [claudeNameOf(tool)] : tools.flatMap(({ name }) => (name === tool.type ? [name] : []));
}

function known(choice: ChosenTool, tools: readonly Tool[]): string {
  const [name] = nameOf(choice, tools);
  if (name !== undefined && tools.some((tool) => tool.name === name)) return name;
  const given = tools.map((tool) => `'${tool.name}'`).join(', ');
  if (name === undefined)
    throw unusable(`this server can't run '${choice.type}', so nothing can be forced to use it.`, 'unsupported_value');
  throw unusable(`there is no tool '${name}' among the given ones: ${given}.`);
}

function atLeastOne(tools: readonly Tool[]): readonly Tool[] {
  if (tools.length === 0) throw unusable("it needs 'tools', and there are none that can be called here.");
  return tools;
}

function unusable(why: string, code?: string): Error {
  return badRequest(`Invalid value for 'tool_choice': ${why}`, 'tool_choice', code);
}
