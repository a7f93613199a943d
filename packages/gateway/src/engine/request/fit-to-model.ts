import { badRequest } from '../../gateway-error.ts';
import { type Reasoning, type ReasoningEffort, type Thinking, toReasoning } from '../../turn/reasoning.ts';
import type { Sampling } from '../../turn/turn.ts';
import type { TurnRequest, YieldingField } from '../turn-request.ts';
import type { ModelAbilities } from '../../ports/claude-runner.ts';

export interface FittedReasoning {
  readonly reasoning: Reasoning;
  /** What is left of it beside the reasoning. */
  readonly sampling: Sampling;
  /** What the request asks for and must give way to something else that it asks for. */
  readonly yielding: readonly YieldingField[];
}

/** With this beta the model thinks between its calls too, and the budget is for all of an answer's steps. */
const interleaved = 'interleaved-thinking-2025-05-14';
/** The least that the API takes together with thinking. */
const leastTopP = 0.95;

/**
 * How the model is to think: as the request says, else as the server's default says. Claude does not think together with a
 * forced call or a begun answer, nor with sampling: reasoning that was asked for gives way to the former two, and sampling to
 * it. A default gives way to all of them.
 *
 * @throws {GatewayError} 400 for more tokens to think than the answer may have.
 */
export function fitReasoning(
  { reasoning: wish, toolChoice: choice, messages, betas }: Pick<TurnRequest, 'reasoning' | 'toolChoice' | 'messages' | 'betas'>,
  sampling: Sampling,
  defaultEffort: ReasoningEffort,
): FittedReasoning {
  const isForced = choice?.type === 'any' || choice?.type === 'tool' || messages.at(-1)?.role === 'assistant';
  const obstacles = samplingObstacles(sampling);
  if (wish === undefined) {
    const byDefault = toReasoning(defaultEffort);
    return { reasoning: isForced || obstacles.length > 0 ? withoutThinking(byDefault) : byDefault, sampling, yielding: [] };
  }
  if (wish.thinking === undefined || wish.thinking.type === 'off') return { reasoning: wish, sampling, yielding: [] };
  if (isForced) return { reasoning: withoutThinking(wish), sampling, yielding: ['thinking'] };
  if (betas?.includes(interleaved) !== true) checkBudget(wish.thinking, sampling);
  const { temperature, topK: _topK, topP, ...rest } = sampling;
  const left = { ...rest, ...(temperature === 1 && { temperature }), ...(topP !== undefined && topP >= leastTopP && { topP }) };
  return { reasoning: wish, sampling: left, yielding: obstacles };
}

function checkBudget(thinking: Thinking, { maxOutputTokens }: Sampling): void {
  if (thinking.type !== 'budget' || maxOutputTokens === undefined || thinking.tokens < maxOutputTokens) return;
  throw badRequest(
    `Invalid value for 'thinking': 'budget_tokens' must be less than the tokens of the whole answer, ${maxOutputTokens}.`,
    'thinking',
    'unsupported_value',
  );
}

function withoutThinking(reasoning: Reasoning): Reasoning {
  return { ...reasoning, thinking: { type: 'off' } };
}

/** The sampling that the API refuses together with thinking. */
function samplingObstacles({ temperature, topK, topP }: Sampling): YieldingField[] {
  const obstacles: YieldingField[] = [];
  if (temperature !== undefined && temperature !== 1) obstacles.push('temperature');
  if (topK !== undefined) obstacles.push('topK');
  if (topP !== undefined && topP < leastTopP) obstacles.push('topP');
  return obstacles;
}

export interface FittedSampling {
  /** What the model takes of it. */
  readonly sampling: Sampling;
  /** Stop sequences of nothing but whitespace: Claude does not take them, so the gateway cuts. */
  readonly blankStops: readonly string[];
  /** What the model does not take, and would refuse. */
  readonly untaken: readonly YieldingField[];
}

const fields = ['temperature', 'topP', 'topK'] as const;

/** Leaves out what the model does not take. */
export function fitSampling(sampling: TurnRequest['sampling'], ability: ModelAbilities['sampling']): FittedSampling {
  const { stopSequences: given = [], maxOutputTokens } = sampling;
  const taken: { -readonly [Field in keyof Sampling]: Sampling[Field] } = {};
  const untaken: YieldingField[] = [];
  if (maxOutputTokens !== undefined) taken.maxOutputTokens = maxOutputTokens;
  for (const field of fields) {
    const wish = sampling[field];
    if (wish === undefined) continue;
    if (ability === 'none' || (ability === 'no-top-p' && field === 'topP')) untaken.push(field);
    else taken[field] = wish;
  }
  const stopSequences = given.filter((stop) => /\S/.test(stop));
  if (stopSequences.length > 0) taken.stopSequences = stopSequences;
  return { sampling: taken, blankStops: given.filter((stop) => stop !== '' && !/\S/.test(stop)), untaken };
}
