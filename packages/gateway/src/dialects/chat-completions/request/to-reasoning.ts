import { badRequest } from '../../../bad-request.ts';
import type { GatewayError } from '../../../gateway-error.ts';
import type { Effort, ReasoningEffort, Thinking } from '../../../turn/reasoning.ts';
import type { Sampling } from '../../../turn/turn.ts';
import type { ToolChoice } from '../../../turn/tool.ts';
import type { ChatCompletionRequest } from './request-schema.ts';

export interface Reasoning {
  readonly effort?: Effort;
  readonly thinking: Thinking;
}

export interface ReasoningWishes {
  readonly reasoning: Reasoning;
  /** What is left of it beside the reasoning. */
  readonly sampling: Sampling;
  /** The keys of what the request asks for and must give way to something else that it asks for. */
  readonly yielding: readonly string[];
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
 * How the model is to think: as the request says, else as the server's default says. Claude does not think together with a
 * forced call or a begun answer, nor with sampling: reasoning that was asked for gives way to the former two, and sampling to
 * it. A default gives way to all of them.
 *
 * @throws {GatewayError} 400 for more tokens to think than the answer may have.
 */
export function toReasoning(
  request: ChatCompletionRequest,
  sampling: Sampling,
  choice: ToolChoice | undefined,
  defaultEffort: ReasoningEffort,
): ReasoningWishes {
  const wish = ofRequest(request);
  const isForced = choice?.type === 'any' || choice?.type === 'tool' || request.messages.at(-1)?.role === 'assistant';
  const obstacles = samplingObstacles(sampling);
  if (wish === undefined) {
    const byDefault = ofEffort(defaultEffort);
    const isHindered = isForced || obstacles.length > 0;
    return { reasoning: isHindered ? withoutThinking(byDefault) : byDefault, sampling, yielding: [] };
  }
  if (wish.thinking.type === 'off') return { reasoning: wish, sampling, yielding: [] };
  if (isForced) return { reasoning: withoutThinking(wish), sampling, yielding: [keyOfWish(request)] };
  checkBudget(wish.thinking, sampling);
  const { temperature: _temperature, topK: _topK, topP, ...rest } = sampling;
  const left = { ...rest, ...(topP !== undefined && topP >= leastTopP && { topP }) };
  return { reasoning: wish, sampling: left, yielding: obstacles };
}

function checkBudget(thinking: Thinking, { maxOutputTokens }: Sampling): void {
  if (thinking.type !== 'budget' || maxOutputTokens === undefined || thinking.tokens < maxOutputTokens) return;
  throw invalid(
    'thinking',
    `Invalid value for 'thinking': 'budget_tokens' must be less than the tokens of the whole answer, ${maxOutputTokens}.`,
  );
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

function withoutThinking(reasoning: Reasoning): Reasoning {
  return { ...reasoning, thinking: { type: 'off' } };
}

/** The least that the API takes together with thinking. */
const leastTopP = 0.95;

/** The sampling that the API refuses together with thinking. */
function samplingObstacles({ temperature, topK, topP }: Sampling): string[] {
  return [
    ...(temperature === undefined ? [] : ['temperature']),
    ...(topK === undefined ? [] : ['top_k']),
    ...(topP === undefined || topP >= leastTopP ? [] : ['top_p']),
  ];
}

function keyOfWish({ thinking, reasoning_effort: effort }: ChatCompletionRequest): string {
  if (thinking) return 'thinking';
  return effort ? 'reasoning_effort' : 'reasoning';
}

function invalid(param: string, message: string): GatewayError {
  return badRequest(message, param, 'unsupported_value');
}
