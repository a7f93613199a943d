import { GatewayError, type ClaudeRunner, type Turn, type TurnEvent, type TurnSpending } from '@claude-code-api/gateway';
import { addsText } from '@claude-code-api/gateway/runner-kit';
import type { ProfileSessions } from './agents/profile-sessions.ts';
import type { CliRunnerOptions } from './cli-runner-options.ts';
import { createLoginCheck } from './cli/login-check.ts';
import { createRunnerParts } from './create-runner-parts.ts';
import { costOf } from './models/cost-of.ts';
import { abilitiesOf } from './models/model-abilities.ts';
import { toEndedTurn } from './pool/turn-history.ts';
import { CliProcessError } from './process/cli-process-error.ts';
import { guardProcess } from './process/guard-process.ts';
import { limitTime, type TimeLimit } from './process/limit-time.ts';
import { isSystemError, shuttingDown, unavailable } from './process/runner-failures.ts';
import { withRequestId } from './process/with-request-id.ts';
import type { PreparedTurn } from './request/prepare-turn.ts';
import { withNamedTools } from './request/with-named-tools.ts';
import { withSafeNames } from './request/with-safe-names.ts';
import { noRetryAfterWork } from './response/no-retry-after-work.ts';
import { retryStart } from './retry-start.ts';
import { digestHistory, type HistoryDigests } from './session/history-digest.ts';
import { cutHistory } from './session/prepare-history.ts';
import type { Session } from './session/session.ts';
import { createThinkingMemory } from './session/thinking-memory.ts';
import { toRunnerHealth, toRunnerState, type CliRunnerHealth, type RunnerFacts } from './runner-facts.ts';

export type { CliRunnerOptions };

/** The runner of turns on the CLI of this machine. */
export interface CliRunner extends ClaudeRunner {
  health(): Promise<CliRunnerHealth>;
}

/**
 * Runs turns on the real Claude Code CLI: long-lived processes, spoken to in its stream-json protocol.
 *
 * @throws {Error} When a profile can't be had on this machine.
 */
export function createCliRunner(options: CliRunnerOptions): CliRunner {
  const { logger, insight } = options;
  const { maxRetries, cli, launcher, live, models, getModels, profiles, refills, priceOf, opened } = createRunnerParts(options);
  const thoughts = createThinkingMemory();
  const loginCheck = createLoginCheck(() => cli.path, launcher.environment);
  let closed = false;
  insight?.watch(async () => toRunnerState(await facts(), launcher.running));
  void opened.then(() => profiles.refill());

  /** A session that holds the history already, or else one that is given it; and the turn as it is asked there. */
  async function sessionFor(
    turn: PreparedTurn,
    digests: HistoryDigests,
    profile: ProfileSessions,
    signal: AbortSignal,
  ): Promise<{ session: Session; asked: PreparedTurn }> {
    const known = digests.before === undefined ? undefined : live.take(digests.before);
    if (known !== undefined && addsText(turn.messages.at(-2), { content: known.answer })) void known.stop();
    else if (known !== undefined) {
      if (await guardProcess(known, signal, () => known.accepts(turn))) return { session: known, asked: thoughts.restore(turn) };
      void known.stop();
    }
    const asked = profile.toWholeHistory(cutHistory(thoughts.restore(turn), options.maxHistoryMessages ?? Number.POSITIVE_INFINITY));
    return { session: await profile.start(asked, signal), asked };
  }

  async function facts(): Promise<Omit<RunnerFacts, 'login'>> {
    // It may have updated itself.
    await cli.check();
    return {
      version: cli.version,
      isMissing: cli.isMissing,
      bare: launcher.login !== 'subscription',
      ...profiles.pure,
      live: live.state(),
      profiles: profiles.named,
      loginRefusedAt: loginCheck.refusedAt,
    };
  }

  async function* attempt(turn: Turn, limit: TimeLimit, spending: TurnSpending | undefined): AsyncGenerator<TurnEvent, void, undefined> {
    await opened;
    const profile = profiles.of(turn);
    const { signal, endsAt } = limit;
    const ready = profile.prepare(turn, abilitiesOf(turn.model, models.known));
    const prepared = endsAt === undefined ? ready : { ...ready, endsAt };
    const digests = digestHistory(prepared, profile.scope(prepared));
    const { session, asked } = await sessionFor(prepared, digests, profile, signal);
    let model = '';
    // The CLI lists the tools of agents itself, with their own among them.
    for await (const event of withNamedTools(await session.ask(asked, signal, spending), profile.hasOwnTools ? undefined : asked)) {
      if (event.type === 'turn-start') model = event.model;
      if (event.type === 'turn-end') {
        loginCheck.accept();
        thoughts.keep(asked, { content: session.answer, model });
        // Before the caller knows of the end, so that its follow-up finds the process.
        if (!session.isOver) live.put(toEndedTurn(turn, digests, session.answer), session);
      }
      yield event;
    }
  }

  return {
    async *run(turn, callerSignal, spending) {
      const ended = refills.begin();
      const limit = limitTime(callerSignal, turn.timeoutMs);
      const events = retryStart(() => withSafeNames(turn, (safe) => attempt(safe, limit, spending)), {
        signal: limit.signal,
        isClosed: () => closed,
        maxRetries: Math.max(1, maxRetries),
        async onRetry() {
          insight?.turnRetried('process');
          // An update may have moved it.
          await cli.check();
        },
        logger: withRequestId(logger, turn.requestId),
      });
      try {
        yield* turn.profile === undefined ? events : noRetryAfterWork(events);
      } catch (error) {
        if (GatewayError.isInstance(error) && error.code === 'claude_not_logged_in') loginCheck.refuse();
        throw isSystemError(error) ? unavailable(error) : error;
      } finally {
        limit.release();
        ended();
      }
    },

    async models() {
      try {
        return await getModels().catch(async (error: unknown) => {
          if (closed || !(error instanceof CliProcessError) || error.kind === 'timeout') throw error;
          await cli.check();
          return getModels();
        });
      } catch (error) {
        if (closed) throw shuttingDown();
        throw GatewayError.isInstance(error) ? error : unavailable(error);
      }
    },

    maxRetries,

    forget: (tenant, id) => profiles.forget(tenant, id),

    abilities: async (model) => abilitiesOf(model, models.known),

    costOf(model, usage) {
      const price = priceOf(models.known.find(({ id }) => id === model)?.resolvedId ?? model);
      return price && costOf(usage, price);
    },

    health: async () => toRunnerHealth({ login: await loginCheck.get(), ...(await facts()) }),

    async close() {
      closed = true;
      refills.close();
      profiles.close();
      live.close();
      await launcher.close();
      await profiles.cleanUp();
    },
  };
}
