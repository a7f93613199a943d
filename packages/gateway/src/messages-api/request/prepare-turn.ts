import { GatewayError } from '../../gateway-error.ts';
import type { Effort, Thinking } from '../../turn/reasoning.ts';
import type { Tool } from '../../turn/tool.ts';
import type { Turn } from '../../turn/turn.ts';
import type { ModelAbilities } from '../../ports/claude-runner.ts';
import { type SchemaRoom, toClaudeSchema, wholeRoom } from './to-claude-schema.ts';
import { toToolSchema } from './to-tool-schema.ts';

/** A turn in terms of what its model takes. */
export interface PreparedTurn extends Turn {
  /** Whether the model must be told not to think, where it is not to. */
  readonly tellThinkingOff?: boolean;
  /** The tools as the model sees them, where that is not `tools` as they are: how one that can't be forced is urged to call. */
  readonly shownTools?: readonly Tool[];
  /** The tool whose arguments are the answer: how a model is held to a schema that its constrained output does not take. */
  readonly answerTool?: string;
  /** What the CLI has to be told for it by variables, which a process keeps to its end. Absent: nothing. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Whether the CLI must know of a search for tools, or it leaves out what was found. */
  readonly searchesTools?: boolean;
  /** When the caller's time is over, by `performance.now()`. Absent: never. */
  readonly endsAt?: number;
}

/** The API's own bound. */
const maxMessages = 100_000;

const budgets = { low: 2048, medium: 8192, high: 16_384, xhigh: 24_576, max: 31_999 } as const;
const smallestBudget = 1024;
const ranks: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];

/**
 * Says a turn in what its model takes: thinking as a budget, a schema in Claude's subset or as a tool that must be called.
 *
 * @throws {GatewayError} 400 for more messages than the API takes.
 */
export function prepareTurn(turn: Turn, abilities: ModelAbilities): PreparedTurn {
  if (turn.messages.length > maxMessages) throw tooManyMessages();
  const { effort: wish, thinking: _wish, outputSchema, ...rest } = turn;
  const output = outputSchema === undefined || !abilities.outputFormat ? undefined : toClaudeSchema(outputSchema);
  const thinking = toThinking(turn, abilities);
  const effort = wish === undefined ? undefined : toEffort(wish, thinking, abilities);
  const prepared: PreparedTurn = {
    ...rest,
    tools: toClaudeTools(turn.tools, abilities, output?.left ?? wholeRoom),
    ...(thinking !== undefined && { thinking }),
    ...(effort !== undefined && { effort }),
    ...(abilities.thinkingCanBeDisabled && { tellThinkingOff: true }),
  };
  const urged = abilities.forcedTools ? prepared : withUrgedTools(prepared);
  if (outputSchema === undefined) return urged;
  return output === undefined ? withAnswerTool(prepared, outputSchema, abilities) : { ...urged, outputSchema: output.schema };
}

/** The newest models refuse to be forced: they see the wanted tool alone, or all, and are told in its description to call it. */
function withUrgedTools(turn: PreparedTurn): PreparedTurn {
  const { toolChoice: choice } = turn;
  if (choice?.type !== 'any' && choice?.type !== 'tool') return turn;
  const wanted = choice.type === 'tool' ? turn.tools.filter((tool) => tool.name === choice.name) : turn.tools;
  const order = `Answer by calling ${wanted.length === 1 ? 'this tool' : 'one of the tools'}, never in text.`;
  return {
    ...turn,
    toolChoice: { type: 'auto', disableParallel: choice.disableParallel },
    shownTools: wanted.map((tool) => ({ ...tool, description: tool.description === '' ? order : `${tool.description}\n\n${order}` })),
  };
}

function withAnswerTool(turn: PreparedTurn, inputSchema: Tool['inputSchema'], { forcedTools }: ModelAbilities): PreparedTurn {
  const { toolChoice, ...rest } = turn;
  // With nothing else to call the tool is forced; otherwise the model calls that, or the caller's tools first.
  const only = turn.tools.length === 0 || toolChoice?.type === 'none';
  const callers = toolChoice?.type === 'none' ? [] : turn.tools;
  const description = 'Gives the answer. Answer by calling it, never in text.';
  const tool: Tool = { name: freeName(callers), description, inputSchema: toToolSchema(inputSchema), strict: false };
  const prepared = {
    ...rest,
    tools: [...callers, tool].toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    answerTool: tool.name,
  };
  if (!forcedTools) return prepared;
  return {
    ...prepared,
    toolChoice: only ? { type: 'tool', name: tool.name, disableParallel: true } : { type: 'any', disableParallel: true },
    // The API refuses thinking together with a forced call.
    thinking: { type: 'off' },
  };
}

function toThinking({ thinking, effort, sampling }: Turn, abilities: ModelAbilities): Thinking | undefined {
  if (thinking === undefined) return undefined;
  if (thinking.type === 'off' || abilities.thinking === 'none') return { type: 'off' };
  const { display } = thinking;
  if (thinking.type === 'budget')
    return abilities.thinking === 'adaptive' ? { type: 'adaptive', display: display ?? 'summarized' } : thinking;
  if (abilities.thinking !== 'budget') return thinking;
  const tokens = Math.min(budgets[effort ?? 'medium'], (sampling.maxOutputTokens ?? Number.POSITIVE_INFINITY) - 1);
  return tokens < smallestBudget ? { type: 'off' } : { type: 'budget', tokens, ...(display === 'omitted' && { display }) };
}

/** The nearest that the model has, below rather than above. */
function toEffort(wish: Effort, thinking: Thinking | undefined, { efforts, thinkingCanBeDisabled }: ModelAbilities): Effort | undefined {
  // A model that is told not to think takes no effort above `high`.
  const highest = thinking?.type === 'off' && thinkingCanBeDisabled ? ranks.indexOf('high') : ranks.length - 1;
  const rank = Math.min(ranks.indexOf(wish), highest);
  return efforts.findLast((each) => ranks.indexOf(each) <= rank);
}

function tooManyMessages(): GatewayError {
  return new GatewayError(`The conversation has more than ${maxMessages} messages, which is the most that Claude takes: begin a new one.`, {
    status: 400,
    code: 'context_length_exceeded',
    param: 'messages',
  });
}

function freeName(tools: readonly Tool[]): string {
  let name = 'answer';
  while (tools.some((tool) => tool.name === name)) name += '_';
  return name;
}

/** The most strict tools that the API takes in one request. */
const maxStrict = 20;

/**
 * Tools with schemas that the API takes. A strict one has what the model can be held to, as `response_format` has; where the model
 * can't be held to it, or there is no room for it, it is the model's best effort.
 *
 * @see https://docs.anthropic.com/en/docs/build-with-claude/structured-outputs
 */
function toClaudeTools(tools: readonly Tool[], abilities: ModelAbilities, room: SchemaRoom): readonly Tool[] {
  let left = room;
  let strictOnes = 0;
  return tools.map((tool) => {
    if (tool.definition !== undefined) return tool;
    const inputSchema = toToolSchema(tool.inputSchema);
    const wanted = tool.strict && abilities.outputFormat && strictOnes < maxStrict;
    const adapted = wanted ? toClaudeSchema(inputSchema, left) : undefined;
    if (adapted === undefined) return inputSchema === tool.inputSchema && !tool.strict ? tool : { ...tool, inputSchema, strict: false };
    ({ left } = adapted);
    strictOnes += 1;
    return { ...tool, inputSchema: adapted.schema };
  });
}
