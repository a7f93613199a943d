import type { Turn } from '@claude-code-api/gateway';
import type { Profiles } from './agents/profiles.ts';
import type { ProfileSessions } from './agents/profile-sessions.ts';
import { abilitiesOf, type PreparedTurn, toSafeTurn, type SafeTurn } from '@claude-code-api/gateway/messages-api';
import type { ModelList } from './models/model-list.ts';
import { withVariables } from './request/with-variables.ts';
import { withFullNames } from './session/prepare-history.ts';

export interface PrepareForCliOptions {
  readonly profiles: Profiles;
  readonly models: Pick<ModelList, 'known' | 'fullName'>;
  /** Betas that the operator has the CLI name, beside those that turns ask for; undefined for none. */
  readonly ownBetas: string | undefined;
}

/** A turn on its way to a process. */
export interface TurnForCli extends SafeTurn {
  readonly profile: ProfileSessions;
  /** As its model and the CLI take it. */
  readonly prepared: PreparedTurn;
}

/**
 * Says a turn in terms of what its model and the CLI take.
 *
 * @throws {GatewayError} When there is no such profile, and 400 for what can't be said so.
 */
export function prepareForCli(given: Turn, { profiles, models, ownBetas }: PrepareForCliOptions): TurnForCli {
  const safe = toSafeTurn(given);
  const profile = profiles.of(safe.turn);
  const ready = profile.prepare(safe.turn, abilitiesOf(safe.turn.model, models.known));
  const named = withFullNames(ready, (alias) => models.fullName(alias));
  return { ...safe, profile, prepared: withVariables(named, ownBetas) };
}
