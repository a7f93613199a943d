import type { Turn, TurnEvent, TurnSpending } from '@claude-code-api/gateway';
import { addsText } from '@claude-code-api/gateway/runner-kit';
import { abilitiesOf, nameTools, type PreparedTurn, type SafeTurn, toSafeTurn } from '@claude-code-api/gateway/messages-api';
import type { ProfileSessions } from './agents/profile-sessions.ts';
import type { LoginCheck } from './cli/login-check.ts';
import type { AskedTurn, TimeLimit } from './run-turn.ts';
import type { LiveSessions } from './pool/live-sessions.ts';
import { toEndedTurn } from './pool/turn-history.ts';
import { guardProcess } from './process/guard-process.ts';
import { cutHistory, digestSession, type SessionDigests, withFullNames } from './session/session-history.ts';
import type { Session } from './session/session.ts';
import type { ThinkingMemory } from './session/thinking-memory.ts';
import type { AttemptTrace } from './trace-attempt.ts';
import type { Profiles } from './agents/profiles.ts';
import type { ModelList } from './models/model-list.ts';
import { withVariables } from './request/turn-for-cli.ts';

export interface AskTurnOptions extends PrepareForCliOptions {
  readonly live: LiveSessions;
  readonly loginCheck: Pick<LoginCheck, 'accept'>;
  /** The most messages before a turn's last that are given to a process that did not hear them. */
  readonly maxHistoryMessages: number;
  readonly thoughts: ThinkingMemory;
}

/** Asks a turn of a process: of the one that holds its history already, or else of one that is given it. */
export type AskTurn = (turn: Turn, limit: TimeLimit, watchers: TurnWatchers) => Promise<AskedTurn>;

/** What is told of a turn as it runs; undefined for what nobody wants to know. */
export interface TurnWatchers {
  readonly spending: TurnSpending | undefined;
  readonly attempt: AttemptTrace | undefined;
}

export function createAskTurn({ live, loginCheck, maxHistoryMessages, thoughts, ...options }: AskTurnOptions): AskTurn {
  /** The session, and the turn as it is asked there. */
  async function sessionFor(
    turn: PreparedTurn,
    digests: SessionDigests,
    profile: ProfileSessions,
    signal: AbortSignal,
  ): Promise<{ session: Session; asked: PreparedTurn; isKept: boolean }> {
    const known = digests.before === undefined ? undefined : live.take(digests.before);
    if (known !== undefined && addsText(turn.messages.at(-2), { content: known.answer })) void known.stop();
    else if (known !== undefined) {
      if (await guardProcess(known, signal, () => known.accepts(turn)))
        return { session: known, asked: thoughts.restore(turn), isKept: true };
      void known.stop();
    }
    const asked = profile.toWholeHistory(cutHistory(thoughts.restore(turn), maxHistoryMessages));
    return { session: await profile.start(asked, signal), asked, isKept: false };
  }

  return async (given, { signal, endsAt }, { spending, attempt }) => {
    const { turn, restore, profile, prepared: ready } = prepareForCli(given, options);
    const prepared = endsAt === undefined ? ready : { ...ready, endsAt };
    const digests = digestSession(prepared, profile.scope(prepared));
    const { session, asked, isKept } = await sessionFor(prepared, digests, profile, signal);
    attempt?.has(session, isKept);
    let model = '';

    function note(event: TurnEvent): void {
      if (event.type === 'turn-start') model = event.model;
      if (event.type !== 'turn-end') return;
      loginCheck.accept();
      thoughts.keep(asked, { content: session.answer, model });
      // Before the caller knows of the end, so that its follow-up finds the process.
      if (!session.isOver) live.put(toEndedTurn(turn, digests, session.answer), session);
    }

    return {
      events: await session.ask(asked, signal, spending),
      tell(event) {
        note(event);
        return restore(event);
      },
      // The CLI lists the tools of agents itself, with their own among them.
      toError: (error) => (profile.hasOwnTools ? error : nameTools(error, asked)),
    };
  };
}

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
