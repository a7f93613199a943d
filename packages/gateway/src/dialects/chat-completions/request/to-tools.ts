import { badRequest, type GatewayError } from '../../../gateway-error.ts';
import type { JsonObject, Tool, ToolChoice } from '../../../turn/tool.ts';
import { type CustomToolWish, toCustomTool } from '../../openai/to-custom-tool.ts';
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
 * @throws {GatewayError} 400 for a choice of what is not there.
 */
export function toTools(request: ChatCompletionRequest): ToolWishes {
  const given = request.tools
    ? request.tools.map((tool) =>
        tool.type === 'custom' ? toCustomTool({ ...tool.custom, grammar: grammarOf(tool.custom.format) }) : toTool(tool.function),
      )
    : (request.functions ?? []).map(toTool);
  const tools = given.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return request.tools ? withToolChoice(request, tools) : withFunctionCall(request, tools);
}

function toTool(definition: FunctionDefinition): Tool {
  return {
    name: definition.name,
    description: definition.description ?? '',
    inputSchema: toInputSchema(definition.parameters),
    strict: definition.strict === true,
  };
}

/** The API wants to read that arguments are an object; all else is the caller's. */
function toInputSchema(parameters: FunctionDefinition['parameters']): JsonObject {
  if (!parameters) return { type: 'object', properties: {} };
  return 'type' in parameters ? parameters : { type: 'object', ...parameters };
}

function withToolChoice(request: ChatCompletionRequest, tools: readonly Tool[]): ToolWishes {
  const given = request.tool_choice ?? 'auto';
  const choice = typeof given === 'string' ? { type: given } : given;
  const disableParallel = request.parallel_tool_calls === false || Reflect.get(choice, 'disable_parallel_tool_use') === true;
  if (choice.type === 'none') return { tools, choice: { type: 'none' } };
  if (choice.type === 'auto') return { tools, choice: disableParallel ? { type: 'auto', disableParallel } : undefined };
  if (tools.length === 0) throw withoutTools('tool_choice', 'tools');
  if (choice.type === 'function' || choice.type === 'custom')
    return { tools, choice: { type: 'tool', name: known(nameOf(choice), tools, 'tool_choice'), disableParallel: true } };
  if (choice.type !== 'allowed_tools') return { tools, choice: { type: 'any', disableParallel } };
  const allowed = new Set(choice.allowed_tools.tools.map((tool) => known(nameOf(tool), tools, 'tool_choice')));
  return {
    tools: tools.filter((tool) => allowed.has(tool.name)),
    choice: { type: choice.allowed_tools.mode === 'required' ? 'any' : 'auto', disableParallel },
  };
}

type NamedTool = Extract<Exclude<ChatCompletionRequest['tool_choice'], string | null | undefined>, { type: 'function' | 'custom' }>;

function nameOf(tool: NamedTool): string {
  return tool.type === 'custom' ? tool.custom.name : tool.function.name;
}

/** The old form knows one call at a time. */
function withFunctionCall(request: ChatCompletionRequest, tools: readonly Tool[]): ToolWishes {
  const choice = request.function_call ?? 'auto';
  const forced = typeof request.tool_choice === 'object' ? request.tool_choice?.type : request.tool_choice;
  if (forced && forced !== 'none' && forced !== 'auto') throw withoutTools('tool_choice', 'tools');
  if (tools.length === 0) {
    if (typeof choice === 'object') throw withoutTools('function_call', 'functions');
    return { tools, choice: undefined };
  }
  if (choice === 'none') return { tools, choice: { type: 'none' } };
  if (choice === 'auto') return { tools, choice: { type: 'auto', disableParallel: true } };
  return { tools, choice: { type: 'tool', name: known(choice.name, tools, 'function_call'), disableParallel: true } };
}

function known(name: string, tools: readonly Tool[], param: string): string {
  if (tools.some((tool) => tool.name === name)) return name;
  throw invalid(
    param,
    `Invalid value for '${param}': there is no tool '${name}' among the given ones: ${tools.map((tool) => `'${tool.name}'`).join(', ')}.`,
  );
}

function withoutTools(param: string, listName: string): GatewayError {
  return invalid(param, `Invalid value for '${param}': it needs '${listName}', and there are none.`);
}

function invalid(param: string, message: string): GatewayError {
  return badRequest(message, param);
}

type CustomFormat = Extract<NonNullable<ChatCompletionRequest['tools']>[number], { type: 'custom' }>['custom']['format'];

function grammarOf(format: CustomFormat): CustomToolWish['grammar'] {
  return format?.type === 'grammar' ? format.grammar : undefined;
}
