import { addsText, GatewayError, type ClaudeRunner, type Turn, type TurnEvent, type TurnSpending } from '@claude-code-api/gateway';
import type { AgentHost } from './agents/agent-host.ts';
import type { CliConversation } from './session/session.ts';
import { CliProcessError } from './process/cli-process-error.ts';
import type { CliRunnerOptions } from './cli-runner-options.ts';
import { costOf } from './models/cost-of.ts';
import { createRunnerParts } from './create-runner-parts.ts';
import { cutHistory, expandSteps } from './session/prepare-history.ts';
import { guardProcess } from './process/guard-process.ts';
import { digestHistory, type HistoryDigests } from './session/history-digest.ts';
import { isSystemError, shuttingDown, unavailable } from './process/runner-failures.ts';
import { limitTime, type TimeLimit } from './process/limit-time.ts';
import { abilitiesOf } from './models/model-abilities.ts';
import { createLoginCheck } from './cli/login-check.ts';
import { noRetryAfterWork } from './response/no-retry-after-work.ts';
import { prepareTurn, type PreparedTurn } from './request/prepare-turn.ts';
import { retryStart } from './retry-start.ts';
import { toEndedTurn } from './pool/turn-history.ts';
import { toAgentTurn } from './agents/to-agent-turn.ts';
import { createThinkingMemory } from './session/thinking-memory.ts';
import { toRunnerHealth, type RunnerFacts } from './to-runner-health.ts';
import { toRunnerState } from './to-runner-state.ts';
import { withNamedTools } from './request/with-named-tools.ts';
import { withRequestId } from './process/with-request-id.ts';
import { withSafeNames } from './request/with-safe-names.ts';

export type { CliRunnerOptions };

/**
 * Runs turns on the real Claude Code CLI: long-lived processes, spoken to in its stream-json protocol.
 *
 * @throws {Error} When a profile can't be had on this machine.
 */
export function createCliRunner(options: CliRunnerOptions): ClaudeRunner {
  const { logger, insight } = options;
  const { maxRetries, cli, launcher, pool, live, models, starter, agents, refills, priceOf, opened } = createRunnerParts(options);
  const thoughts = createThinkingMemory();
  const loginCheck = createLoginCheck(() => cli.path, launcher.environment);
  let closed = false;
  insight?.watch(async () => toRunnerState(await facts(), launcher.running));
  void opened.then(() => pool.refill());

  async function conversationFor(
    turn: PreparedTurn,
    digests: HistoryDigests,
    host: AgentHost | undefined,
    signal: AbortSignal,
  ): Promise<{ conversation: CliConversation; asked: PreparedTurn }> {
    const known = digests.before === undefined ? undefined : live.take(digests.before);
    if (known !== undefined && addsText(turn.messages.at(-2), { content: known.answer })) void known.stop();
    else if (known !== undefined) {
      if (await guardProcess(known, signal, () => known.accepts(turn))) return { conversation: known, asked: thoughts.restore(turn) };
      void known.stop();
    }
    const asked = cutHistory(thoughts.restore(turn), options.maxHistoryMessages ?? Number.POSITIVE_INFINITY);
    const ready = host === undefined ? asked : { ...asked, messages: expandSteps(asked.messages) };
    return { conversation: await (host ?? starter).start(ready, signal), asked: ready };
  }

  async function facts(): Promise<Omit<RunnerFacts, 'login'>> {
    // It may have updated itself.
    await cli.check();
    return {
      version: cli.version,
      isMissing: cli.isMissing,
      bare: launcher.login !== 'subscription',
      historyMode: starter.historyMode,
      pool: pool.state(),
      circuit: launcher.breaker.circuit,
      live: live.state(),
      profiles: agents.state(),
      loginRefusedAt: loginCheck.refusedAt,
    };
  }

  async function* attempt(turn: Turn, limit: TimeLimit, spending: TurnSpending | undefined): AsyncGenerator<TurnEvent, void, undefined> {
    await opened;
    const host = agents.of(turn);
    const abilities = abilitiesOf(turn.model, models.known);
    const { signal, endsAt } = limit;
    const ready = prepareTurn(host === undefined ? turn : toAgentTurn(turn, abilities, host.tools), abilities);
    const prepared = endsAt === undefined ? ready : { ...ready, endsAt };
    const digests = digestHistory(prepared, host?.scope(prepared));
    const { conversation, asked } = await conversationFor(prepared, digests, host, signal);
    let model = '';
    // The CLI lists the tools of agents itself, with their own among them.
    for await (const event of withNamedTools(conversation.ask(asked, signal, spending), host === undefined ? asked : undefined)) {
      if (event.type === 'turn-start') model = event.model;
      if (event.type === 'turn-end') {
        loginCheck.accept();
        thoughts.keep(asked, { content: conversation.answer, model });
        // Before the caller knows of the end, so that its follow-up finds the process.
        if (!conversation.isOver) live.put(toEndedTurn(turn, digests, conversation.answer), conversation);
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
        return await models
          .get(() => launcher.start())
          .catch(async (error: unknown) => {
            if (closed || !(error instanceof CliProcessError) || error.kind === 'timeout') throw error;
            await cli.check();
            return models.get(() => launcher.start());
          });
      } catch (error) {
        if (closed) throw shuttingDown();
        throw GatewayError.isInstance(error) ? error : unavailable(error);
      }
    },

    maxRetries,

    forget: (tenant, id) => agents.forget(tenant, id),

    sampling: async (model) => abilitiesOf(model, models.known).sampling,

    costOf(model, usage) {
      const price = priceOf(models.known.find(({ id }) => id === model)?.resolvedId ?? model);
      return price && costOf(usage, 0, price);
    },

    health: async () => toRunnerHealth({ login: await loginCheck.get(), ...(await facts()) }),

    async close() {
      closed = true;
      refills.close();
      pool.close();
      agents.close();
      live.close();
      await launcher.close();
      await agents.cleanUp();
    },
  };
}
