import type { SamplingAbility } from '../../../ports/claude-runner.ts';
import type { ReasoningEffort } from '../../../turn/reasoning.ts';
import type { Sampling } from '../../../turn/turn.ts';
import type { ChatCompletionRequest } from './request-schema.ts';
import { toReasoning, type Reasoning } from './to-reasoning.ts';
import { toSampling } from './to-sampling.ts';
import { toTools, type ToolWishes } from './to-tools.ts';

/** What a request asks of the model, as far as the model can be asked. */
export interface Wishes {
  readonly tools: ToolWishes;
  readonly sampling: Sampling;
  readonly reasoning: Reasoning;
  /** Stop sequences of nothing but whitespace: Claude does not take them, so the gateway cuts. */
  readonly blankStops: readonly string[];
  /** The keys of what will have no effect, since the model takes none of it, or not together with something else. */
  readonly untaken: readonly string[];
}

/**
 * Tells what a request asks for, and what of it must be left out.
 *
 * @throws {GatewayError} 400 for what contradicts itself.
 */
export function toWishes(request: ChatCompletionRequest, ability: SamplingAbility, defaultEffort: ReasoningEffort): Wishes {
  const tools = toTools(request);
  const { sampling: sampled, blankStops, untaken } = toSampling(request, ability);
  const { reasoning, sampling, yielding } = toReasoning(request, sampled, tools.choice, defaultEffort);
  return { tools, sampling, reasoning, blankStops, untaken: [...untaken, ...yielding] };
}
