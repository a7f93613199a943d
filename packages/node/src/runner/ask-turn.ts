import type { Turn, TurnEvent, TurnSpending } from '@claude-code-api/gateway';
import { addsText } from '@claude-code-api/gateway/runner-kit';
import type { ProfileSessions } from './agents/profile-sessions.ts';
import type { LoginCheck } from './cli/login-check.ts';
import type { TimeLimit } from './limit-time.ts';
import type { LiveSessions } from './pool/live-sessions.ts';
import { toEndedTurn } from './pool/turn-history.ts';
import { guardProcess } from './process/guard-process.ts';
import { nameTools, type PreparedTurn } from '@claude-code-api/gateway/messages-api';
import { prepareForCli, type PrepareForCliOptions } from './prepare-for-cli.ts';
import type { AskedTurn } from './run-turn.ts';
import { digestSession, type SessionDigests } from './session/digest-session.ts';
import { cutHistory } from './session/prepare-history.ts';
import type { Session } from './session/session.ts';
import type { ThinkingMemory } from './session/thinking-memory.ts';
import type { AttemptTrace } from './trace-attempt.ts';

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
