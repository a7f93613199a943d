import { type CacheMode, type CacheWish, readCacheWish } from '../cache/read-cache-wish.ts';
import type { ResolvedModel } from '../models/model-catalog.ts';
import type { ModelAbilities } from '../ports/claude-runner.ts';
import type { Reasoning, ReasoningEffort } from '../turn/reasoning.ts';
import type { Sampling } from '../turn/turn.ts';
import { checkSchemas } from './request/check-schemas.ts';
import { fitReasoning, fitSampling } from './request/fit-to-model.ts';
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

/** What a request wants of the response cache. */
export interface AskedCache {
  /** Undefined where the cache takes no part. */
  readonly wish: CacheWish | undefined;
  /** The fields of the request that have made it take part. */
  readonly switches: ReadonlySet<'seed' | 'temperature'>;
}

export interface CacheWishSources {
  readonly profile: string | undefined;
  readonly mode: CacheMode | undefined;
  readonly cacheControl: string | null;
}

/** Says whether the response cache takes part in a request, and what of the request made it. */
function toCacheWish(
  { seed, sampling, tools }: Pick<TurnRequest, 'seed' | 'sampling' | 'tools'>,
  { profile, mode, cacheControl }: CacheWishSources,
): AskedCache {
  // What an agent does has effects, which no kept answer has.
  if (mode === undefined || profile !== undefined) return { wish: undefined, switches: new Set() };
  const isCold = sampling.temperature === 0;
  const wish = readCacheWish({ mode, cacheControl, hasSeed: seed !== undefined, isCold, hasTools: tools.length > 0 });
  if (!wish.read && !wish.write) return { wish: undefined, switches: new Set() };
  const switches = new Set<'seed' | 'temperature'>();
  // A seed is part of what is looked up, whatever else made the cache take part.
  if (seed !== undefined) switches.add('seed');
  if (isCold && mode === 'repeatable') switches.add('temperature');
  return { wish, switches };
}
