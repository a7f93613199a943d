import { GatewayError } from '../../gateway-error.ts';
import type { Tool, ToolChoice } from '../../turn/tool.ts';
import type { ChatCompletionRequest } from './request-schema.ts';

export interface ToolWishes {
  /** Sorted by name, as they reach the model. */
  readonly tools: readonly Tool[];
  readonly choice: ToolChoice | undefined;
}

type FunctionDefinition = NonNullable<ChatCompletionRequest['functions']>[number];

/**
 * What a request wants of tools, from `tools` or the older `functions`.
 *
 * @throws {GatewayError} 400 for a choice of what is not there, or a name given twice.
 */
export function toTools(request: ChatCompletionRequest): ToolWishes {
  const definitions = request.tools?.map((tool) => tool.function) ?? request.functions ?? [];
  const listName = request.tools ? 'tools' : 'functions';
  const tools = definitions.map(toTool).toSorted((one, other) => (one.name < other.name ? -1 : 1));
  for (const [index, tool] of tools.entries()) {
    if (tools[index - 1]?.name === tool.name)
      throw invalid(listName, `Invalid value for '${listName}': the name '${tool.name}' is given twice.`);
  }
  return request.tools ? withToolChoice(request, tools) : withFunctionCall(request, tools);
}

function toTool(definition: FunctionDefinition): Tool {
  return {
    name: definition.name,
    description: definition.description ?? '',
    inputSchema: definition.parameters ?? { type: 'object', properties: {} },
    strict: definition.strict === true,
  };
}

function withToolChoice(request: ChatCompletionRequest, tools: readonly Tool[]): ToolWishes {
  const disableParallel = request.parallel_tool_calls === false;
  const choice = request.tool_choice ?? 'auto';
  if (choice === 'none') return { tools, choice: { type: 'none' } };
  if (choice === 'auto') return { tools, choice: disableParallel ? { type: 'auto', disableParallel } : undefined };
  if (choice === 'required') return { tools, choice: { type: 'any', disableParallel } };
  if (choice.type === 'function') return { tools, choice: { type: 'tool', name: known(choice.function.name, tools, 'tool_choice') } };
  const allowed = new Set(choice.allowed_tools.tools.map((tool) => known(tool.function.name, tools, 'tool_choice')));
  return {
    tools: tools.filter((tool) => allowed.has(tool.name)),
    choice: { type: choice.allowed_tools.mode === 'required' ? 'any' : 'auto', disableParallel },
  };
}

/** The old form knows one call at a time. */
function withFunctionCall(request: ChatCompletionRequest, tools: readonly Tool[]): ToolWishes {
  const choice = request.function_call ?? 'auto';
  if (tools.length === 0) {
    if (request.tool_choice === 'required' || typeof request.tool_choice === 'object') known('', tools, 'tool_choice');
    return { tools, choice: undefined };
  }
  if (choice === 'none') return { tools, choice: { type: 'none' } };
  if (choice === 'auto') return { tools, choice: { type: 'auto', disableParallel: true } };
  return { tools, choice: { type: 'tool', name: known(choice.name, tools, 'function_call') } };
}

function known(name: string, tools: readonly Tool[], param: string): string {
  if (tools.length === 0) throw invalid(param, `Invalid value for '${param}': it needs 'tools', and there are none.`);
  if (tools.some((tool) => tool.name === name)) return name;
  throw invalid(
    param,
    `Invalid value for '${param}': there is no tool '${name}' among the given ones: ${tools.map((tool) => `'${tool.name}'`).join(', ')}.`,
  );
}

function invalid(param: string, message: string): GatewayError {
  return new GatewayError(message, { status: 400, type: 'invalid_request_error', code: 'invalid_value', param });
}
