import type { ResolvedModel } from '../models/model-catalog.ts';
import type { SamplingAbility } from '../ports/claude-runner.ts';
import type { ReasoningEffort } from '../turn/reasoning.ts';

/** The model that a request names, and what a dialect must know of it. */
export interface AskedModel extends ResolvedModel {
  /** As the request names it. */
  readonly name: string;
  readonly sampling: SamplingAbility;
  /** How hard it thinks when the request does not say. */
  readonly defaultEffort: ReasoningEffort;
}
