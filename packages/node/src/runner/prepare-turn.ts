import type { Thinking, Tool, Turn } from '@claude-code-api/gateway';
import type { ModelAbilities } from './model-abilities.ts';
import { toClaudeSchema } from './to-claude-schema.ts';

/** A turn in terms of what its model takes. */
export interface PreparedTurn extends Turn {
  /** The tool whose arguments are the answer: how a model is held to a schema that its constrained output does not take. */
  readonly answerTool?: string;
}

const budgets = { low: 2048, medium: 8192, high: 16_384, xhigh: 24_576, max: 31_999 } as const;
const smallestBudget = 1024;

/** Says a turn in what its model takes: thinking as a budget, a schema in Claude's subset or as a tool that must be called. */
export function prepareTurn(turn: Turn, abilities: ModelAbilities): PreparedTurn {
  const { effort, outputSchema, ...rest } = turn;
  const prepared: Turn = { ...rest, thinking: toThinking(turn, abilities), ...(abilities.effort && effort !== undefined && { effort }) };
  if (outputSchema === undefined) return prepared;
  const schema = abilities.outputFormat ? toClaudeSchema(outputSchema) : undefined;
  if (schema !== undefined) return { ...prepared, outputSchema: schema };
  const tool: Tool = { name: freeName(turn.tools), description: 'Gives the answer.', inputSchema: outputSchema, strict: false };
  // With nothing else to call the tool is forced; otherwise the model calls that, or the caller's tools first.
  const only = turn.tools.length === 0 || turn.toolChoice?.type === 'none';
  return {
    ...prepared,
    tools: [...turn.tools, tool].toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    toolChoice: only ? { type: 'tool', name: tool.name } : { type: 'any', disableParallel: true },
    // The API refuses thinking together with a forced call.
    thinking: { type: 'off' },
    answerTool: tool.name,
  };
}

function toThinking({ thinking, effort, sampling }: Turn, abilities: ModelAbilities): Thinking {
  if (thinking.type !== 'adaptive' || abilities.adaptiveThinking) return thinking;
  const tokens = Math.min(budgets[effort ?? 'medium'], (sampling.maxOutputTokens ?? Number.POSITIVE_INFINITY) - 1);
  return tokens < smallestBudget ? { type: 'off' } : { type: 'budget', tokens };
}

function freeName(tools: readonly Tool[]): string {
  let name = 'answer';
  while (tools.some((tool) => tool.name === name)) name += '_';
  return name;
}
