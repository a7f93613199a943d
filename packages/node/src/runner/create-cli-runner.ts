import { costOf } from '@claude-code-api/gateway/runner-kit';
import { type ClaudeRunner, GatewayError } from '@claude-code-api/gateway';
import { createAskTurn, prepareForCli } from './ask-turn.ts';
import type { CliRunnerOptions } from './cli-runner-options.ts';
import { createLoginCheck } from './cli/login-check.ts';
import { createRunnerParts } from './create-runner-parts.ts';
import { limitTime, runTurn } from './run-turn.ts';
import { createRunnerModels } from './models/model-prices.ts';
import { abilitiesOf } from '@claude-code-api/gateway/messages-api';
import type { ListedModel } from './models/parse-models.ts';
import { CliProcessError } from './process/cli-process-error.ts';
import { shuttingDown, unavailable } from './process/runner-failures.ts';
import { withRequestId } from './process/with-request-id.ts';
import { type CliRunnerHealth, type RunnerFacts, toRunnerHealth, toRunnerState } from './runner-facts.ts';
import { createThinkingMemory } from './session/thinking-memory.ts';
import { traceAttempt } from './trace-attempt.ts';
import { createTokenCounter } from './tokens/create-token-counter.ts';

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
  const loginCheck = createLoginCheck(() => cli.path, launcher.environment);
  const { maxHistoryMessages = Number.POSITIVE_INFINITY } = options;
  const preparing = { profiles, models, ownBetas: launcher.environment['ANTHROPIC_BETAS'] };
  const thoughts = createThinkingMemory();
  const askTurn = createAskTurn({ ...preparing, live, loginCheck, maxHistoryMessages, thoughts });
  const counter = createTokenCounter({
    launcher,
    async prepare(turn) {
      // The API knows no short names.
      await listModels();
      const { profile, prepared } = prepareForCli(turn, preparing);
      return profile.hasOwnTools ? undefined : { ...thoughts.restore(prepared), model: models.fullName(turn.model) ?? turn.model };
    },
  });
  const toModels = createRunnerModels(priceOf);
  let closed = false;
  insight?.watch(async () => toRunnerState(await facts(), launcher.running));
  void opened.then(() => profiles.refill());

  async function listModels(): Promise<readonly ListedModel[]> {
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

  return {
    specificationVersion: 1,

    run: (turn, callerSignal, spending) =>
      runTurn({
        limit() {
          const ended = refills.begin();
          const limit = limitTime(callerSignal, turn.timeoutMs);
          const release = (): void => {
            limit.release();
            ended();
          };
          return { ...limit, release };
        },
        follow: () => traceAttempt(turn.trace),
        async ask(limit, attempt) {
          await opened;
          return askTurn(turn, limit, { spending, attempt });
        },
        onFailure({ code }) {
          if (code === 'claude_not_logged_in') loginCheck.refuse();
        },
        isClosed: () => closed,
        maxRetries: Math.max(1, maxRetries),
        async onRetry() {
          insight?.turnRetried('process');
          // An update may have moved it.
          await cli.check();
        },
        logger: withRequestId(logger, turn.requestId),
      }),

    models: async () => toModels(await listModels()),

    maxRetries,

    async countTokens(turn, signal) {
      if (closed) throw shuttingDown();
      return counter.count(turn, signal);
    },

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
      await counter.close();
      await launcher.close();
      await profiles.cleanUp();
    },
  };
}
