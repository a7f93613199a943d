import { badRequest } from '../../../gateway-error.ts';
import type { ServerWish } from '../../../engine/hosted/server-wish.ts';
import { hostedName } from '../../../turn/grouped-name.ts';
import type { Tool, ToolChoice } from '../../../turn/tool.ts';
import type { ResponsesBody } from './request-schema.ts';
import type { ChosenTool } from './tool-schema.ts';
import { claudeNameOf, type Toolset } from './to-toolset.ts';

export interface ChosenTools {
  /** The tools that the model is shown. */
  readonly tools: readonly Tool[];
  /** The servers whose tools the model is shown. */
  readonly servers: readonly ServerWish[];
  readonly toolChoice?: ToolChoice;
}

type Offered = Pick<ChosenTools, 'tools' | 'servers'>;

/**
 * Reads which of the tools the model may call, and must. Whether a server has the tool that is chosen, nobody can tell here.
 *
 * @throws {GatewayError} 400 for a choice of what is not there, or can't be had here.
 */
export function toToolChoice(request: Pick<ResponsesBody, 'tool_choice' | 'parallel_tool_calls'>, given: Toolset): ChosenTools {
  const choice = request.tool_choice ?? 'auto';
  const disableParallel = request.parallel_tool_calls === false;
  const offered: Offered = { tools: given.tools, servers: given.servers };
  if (choice === 'none') return { ...offered, toolChoice: { type: 'none' } };
  if (choice === 'auto')
    return { ...offered, ...(disableParallel && hasAny(offered) && { toolChoice: { type: 'auto', disableParallel } }) };
  if (choice === 'required') return { ...atLeastOne(offered), toolChoice: { type: 'any', disableParallel } };
  if (isAllowed(choice)) {
    const shown = allowedOf(choice, offered);
    if (choice.mode === 'required') return { ...atLeastOne(shown), toolChoice: { type: 'any', disableParallel } };
    return { ...shown, ...(disableParallel && { toolChoice: { type: 'auto', disableParallel } }) };
  }
  if (isServer(choice)) {
    const server = serverOf(choice, offered);
    if (!choice.name) return { tools: [], servers: [server], toolChoice: { type: 'any', disableParallel } };
    return { ...offered, toolChoice: { type: 'tool', name: hostedName(server.label, choice.name), disableParallel: true } };
  }
  return { ...offered, toolChoice: { type: 'tool', name: known(choice, offered.tools), disableParallel: true } };
}

type ObjectChoice = Exclude<NonNullable<ResponsesBody['tool_choice']>, string>;
type AllowedTools = Extract<ObjectChoice, { mode: string }>;
type NamedTool = Extract<ChosenTool, { type: 'function' | 'custom' }>;
type ChosenServer = Extract<ChosenTool, { server_label: string }>;

function isAllowed(choice: ObjectChoice): choice is AllowedTools {
  return choice.type === 'allowed_tools';
}

function isNamed(tool: ChosenTool): tool is NamedTool {
  return tool.type === 'function' || tool.type === 'custom';
}

function isServer(tool: ChosenTool): tool is ChosenServer {
  return tool.type === 'mcp' && 'server_label' in tool;
}

function allowedOf(choice: AllowedTools, { tools, servers }: Offered): Offered {
  const allowed = new Set<string>();
  /** By its label, what of a server is allowed: undefined for all. */
  const ofServer = new Map<string, string[] | undefined>();
  for (const tool of choice.tools) {
    if (isServer(tool)) {
      const { label } = serverOf(tool, { servers });
      const names = ofServer.has(label) ? ofServer.get(label) : [];
      ofServer.set(label, tool.name ? names && [...names, tool.name] : undefined);
    } else for (const name of isNamed(tool) ? [known(tool, tools)] : nameOf(tool, tools)) allowed.add(name);
  }
  return {
    tools: tools.filter(({ name }) => allowed.has(name)),
    servers: servers.flatMap((server) => {
      if (!ofServer.has(server.label)) return [];
      const names = ofServer.get(server.label);
      return [names === undefined ? server : { ...server, allowed: within(server, names) }];
    }),
  };
}

function within({ allowed }: ServerWish, names: readonly string[]): ServerWish['allowed'] {
  return { ...allowed, names: allowed?.names === undefined ? names : names.filter((name) => allowed.names?.includes(name)) };
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

function serverOf({ server_label: label }: ChosenServer, { servers }: Pick<Offered, 'servers'>): ServerWish {
  const server = servers.find((each) => each.label === label);
  if (server === undefined) throw unusable(`there is no MCP server '${label}' among 'tools'.`);
  return server;
}

function hasAny({ tools, servers }: Offered): boolean {
  return tools.length + servers.length > 0;
}

function atLeastOne(offered: Offered): Offered {
  if (!hasAny(offered)) throw unusable("it needs 'tools', and there are none that can be called here.");
  return offered;
}

function unusable(why: string, code?: string): Error {
  return badRequest(`Invalid value for 'tool_choice': ${why}`, 'tool_choice', code);
}
