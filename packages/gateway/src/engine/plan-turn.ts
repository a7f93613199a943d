import type { CacheMode, CacheWish } from '../cache/read-cache-wish.ts';
import type { ResolvedModel } from '../models/model-catalog.ts';
import type { ModelAbilities } from '../ports/claude-runner.ts';
import type { Reasoning, ReasoningEffort } from '../turn/reasoning.ts';
import type { Sampling } from '../turn/turn.ts';
import { checkSchemas } from './request/check-schemas.ts';
import { fitReasoning } from './request/fit-reasoning.ts';
import { fitSampling } from './request/fit-sampling.ts';
import { toCacheWish } from './to-cache-wish.ts';
import type { TurnRequest, YieldingField } from './turn-request.ts';

/** A request, and what is decided of it before its conversation is looked for. */
export interface TurnPlan extends ResolvedModel {
  readonly request: TurnRequest;
  readonly abilities: ModelAbilities;
  /** As far as the model takes it. */
  readonly sampling: Sampling;
  readonly reasoning: Reasoning;
  /** Texts that end the answer, of those that Claude does not take. */
  readonly blankStops: readonly string[];
  /** Undefined where the cache takes no part. */
  readonly cacheWish: CacheWish | undefined;
  /** Whether it asks for searches of the web, and gets them. */
  readonly searches: boolean;
  /** What the request asks for in vain, of what gives way. */
  readonly withoutEffect: readonly YieldingField[];
}

export interface PlanTurnOptions extends ResolvedModel {
  readonly abilities: ModelAbilities;
  /** How hard the model thinks when the request does not say. */
  readonly defaultEffort: ReasoningEffort;
  /** Whether the profile can search the web. */
  readonly canSearch: boolean;
  /** Undefined where no answers are kept. */
  readonly cacheMode: CacheMode | undefined;
  /** The request's header; null without one. */
  readonly cacheControl: string | null;
}

/**
 * Decides what of a request the model can be asked, and whether the response cache takes part.
 *
 * @throws {GatewayError} 400 for what contradicts itself.
 */
export function planTurn(
  given: TurnRequest,
  { model, profile, abilities, defaultEffort, canSearch, cacheMode, cacheControl }: PlanTurnOptions,
): TurnPlan {
  const request = given.webSearch === undefined || canSearch ? given : { ...given, ignored: [...given.ignored, given.webSearch] };
  checkSchemas(request);
  const { sampling: taken, blankStops, untaken } = fitSampling(request.sampling, abilities.sampling);
  const { reasoning, sampling, yielding } = fitReasoning(request, taken, defaultEffort);
  const { wish: cacheWish, switches } = toCacheWish(request, { profile, mode: cacheMode, cacheControl });
  return {
    request,
    model,
    profile,
    abilities,
    sampling,
    reasoning,
    blankStops,
    cacheWish,
    searches: request.webSearch !== undefined && canSearch,
    // What switches the cache has that effect.
    withoutEffect: [
      ...[...untaken, ...yielding].filter((field) => field !== 'temperature' || !switches.has('temperature')),
      ...(request.seed !== undefined && !switches.has('seed') ? (['seed'] as const) : []),
    ],
  };
}
