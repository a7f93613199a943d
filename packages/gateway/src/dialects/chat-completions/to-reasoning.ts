import { GatewayError } from '../../gateway-error.ts';
import type { Effort, Thinking } from '../../turn/reasoning.ts';
import type { Sampling } from '../../turn/turn.ts';
import type { ToolChoice } from '../../turn/tool.ts';
import type { ChatCompletionRequest } from './request-schema.ts';

/** `none`, or OpenAI's word for how hard to think. */
export type ReasoningEffort = NonNullable<ChatCompletionRequest['reasoning_effort']>;

export interface Reasoning {
  readonly effort?: Effort;
  readonly thinking: Thinking;
}

const efforts: Readonly<Record<Exclude<ReasoningEffort, 'none'>, Effort>> = {
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'xhigh',
  max: 'max',
};

/**
 * How the model is to think: as the request says, else as the server's default says. What Claude refuses together with
 * thinking wins over a default.
 *
 * @throws {GatewayError} 400 when the request itself asks for both.
 */
export function toReasoning(
  request: ChatCompletionRequest,
  sampling: Sampling,
  choice: ToolChoice | undefined,
  defaultEffort: ReasoningEffort,
): Reasoning {
  const wish = ofRequest(request);
  const obstacle = obstacleTo(sampling, choice);
  if (wish === undefined) {
    const byDefault = ofEffort(defaultEffort);
    return obstacle === undefined ? byDefault : { ...byDefault, thinking: { type: 'off' } };
  }
  if (wish.thinking.type !== 'off' && obstacle !== undefined) {
    throw invalid(
      obstacle,
      `Unsupported value: '${obstacle}' can't be combined with reasoning on Claude. Leave it out, or set 'reasoning_effort' to 'none'.`,
    );
  }
  const budget = wish.thinking.type === 'budget' ? wish.thinking.tokens : 0;
  if (sampling.maxOutputTokens !== undefined && budget >= sampling.maxOutputTokens) {
    throw invalid(
      'thinking',
      `Invalid value for 'thinking': 'budget_tokens' must be less than the tokens of the whole answer, ${sampling.maxOutputTokens}.`,
    );
  }
  return wish;
}

function ofRequest(request: ChatCompletionRequest): Reasoning | undefined {
  const effort = request.reasoning_effort ?? request.reasoning?.effort ?? undefined;
  const { thinking } = request;
  if (!thinking) return effort === undefined ? undefined : ofEffort(effort);
  const byEffort = effort === undefined || effort === 'none' ? {} : { effort: efforts[effort] };
  if (thinking.type === 'disabled') return { ...byEffort, thinking: { type: 'off' } };
  return {
    ...byEffort,
    thinking: thinking.type === 'adaptive' ? { type: 'adaptive' } : { type: 'budget', tokens: thinking.budget_tokens },
  };
}

function ofEffort(effort: ReasoningEffort): Reasoning {
  return effort === 'none' ? { thinking: { type: 'off' } } : { effort: efforts[effort], thinking: { type: 'adaptive' } };
}

/** The first parameter that the API refuses together with thinking. */
function obstacleTo(sampling: Sampling, choice: ToolChoice | undefined): string | undefined {
  if (sampling.temperature !== undefined) return 'temperature';
  if (sampling.topK !== undefined) return 'top_k';
  if (sampling.topP !== undefined && sampling.topP < 0.95) return 'top_p';
  if (choice?.type === 'any' || choice?.type === 'tool') return 'tool_choice';
  return undefined;
}

function invalid(param: string, message: string): GatewayError {
  return new GatewayError(message, { status: 400, type: 'invalid_request_error', code: 'unsupported_value', param });
}
