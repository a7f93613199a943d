import type { ClaudeRunner, Logger, Turn, TurnEvent } from '@claude-code-api/gateway';
import type { CliConversation } from './cli-conversation.ts';
import { createCliLauncher } from './cli-launcher.ts';
import { CliProcessError } from './cli-process-error.ts';
import { createConversationStarter } from './conversation-starter.ts';
import { cutHistory } from './cut-history.ts';
import type { CliInstallation } from './find-cli.ts';
import { guardProcess } from './guard-process.ts';
import { digestHistory, type HistoryDigests } from './history-digest.ts';
import { limitTime } from './limit-time.ts';
import { createLiveConversations } from './live-conversations.ts';
import { abilitiesOf } from './model-abilities.ts';
import { createModelList } from './model-list.ts';
import { createLoginCheck } from './login-check.ts';
import { prepareTurn, type PreparedTurn } from './prepare-turn.ts';
import { primeProcess } from './prime-process.ts';
import { createRefillSchedule } from './refill-schedule.ts';
import { residentMemory } from './resident-memory.ts';
import { shuttingDown, unavailable } from './runner-failures.ts';
import { createThinkingMemory } from './thinking-memory.ts';
import { toRunnerHealth } from './to-runner-health.ts';
import { createWarmPool } from './warm-pool.ts';

export interface CliRunnerOptions {
  /** The CLI to run; `findCli` finds one. */
  readonly cli: CliInstallation;
  readonly logger: Logger;
  /** The environment that the CLI's own is chosen from. Default: the process's. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** As many processes wait for new conversations at any time. Default: 1. */
  readonly minIdle?: number;
  /** As many of them wait at most. Default: 4. */
  readonly maxIdle?: number;
  /** As many processes wait for a follow-up at most. Default: 10. */
  readonly maxLive?: number;
  /** The longest wait for a follow-up. Default: 300,000. */
  readonly liveIdleMs?: number;
  /** As much memory do those that wait for a follow-up hold together at most. Default: 4,294,967,296. */
  readonly maxLiveMemoryBytes?: number;
  /**
   * As many messages before a turn's last are given at most to a process that did not hear them, but always those of the turn
   * under way. Default: all.
   */
  readonly maxHistoryMessages?: number | undefined;
  /** The longest wait for a process to start or to answer a control request. Default: 30,000. */
  readonly startTimeoutMs?: number;
  /** The longest wait for the model to begin its answer. Default: 120,000. */
  readonly firstEventTimeoutMs?: number;
  /** How often the CLI asks again after a 429, a 5xx or a lost connection. Default: 2. */
  readonly maxRetries?: number;
  /** The longest line that is read from a CLI. Default: 67,108,864. */
  readonly maxLineBytes?: number;
}

/** Runs turns on the real Claude Code CLI: long-lived processes, spoken to in its stream-json protocol. */
export function createCliRunner(options: CliRunnerOptions): ClaudeRunner {
  const { cli, logger } = options;
  const startTimeoutMs = options.startTimeoutMs ?? 30_000;
  const launcher = createCliLauncher({
    cli,
    logger,
    environment: options.environment ?? process.env,
    maxRetries: options.maxRetries ?? 2,
    maxLineBytes: options.maxLineBytes ?? 67_108_864,
    controlTimeoutMs: startTimeoutMs,
  });
  const pool = createWarmPool({
    start: () => launcher.start(),
    prime: (fresh) => primeProcess(fresh, models),
    minIdle: options.minIdle ?? 1,
    maxIdle: options.maxIdle ?? 4,
    logger,
  });
  const live = createLiveConversations({
    maxLive: options.maxLive ?? 10,
    idleMs: options.liveIdleMs ?? 300_000,
    maxMemoryBytes: options.maxLiveMemoryBytes ?? 4_294_967_296,
    measure: residentMemory,
  });
  const starter = createConversationStarter({
    launcher,
    take: () => pool.take(),
    conversation: { firstEventTimeoutMs: options.firstEventTimeoutMs ?? 120_000, historyTimeoutMs: startTimeoutMs },
    logger,
  });
  const refills = createRefillSchedule(() => pool.refill());
  const thoughts = createThinkingMemory();
  const loginCheck = createLoginCheck(cli.path, launcher.environment);
  const models = createModelList();
  let closed = false;
  pool.refill();

  async function conversationFor(
    turn: PreparedTurn,
    digests: HistoryDigests,
    signal: AbortSignal,
  ): Promise<{ conversation: CliConversation; asked: PreparedTurn }> {
    const known = digests.before === undefined ? undefined : live.take(digests.before);
    if (known !== undefined) {
      if (await guardProcess(known, signal, () => known.accepts(turn))) return { conversation: known, asked: thoughts.restore(turn) };
      void known.stop();
    }
    const asked = cutHistory(thoughts.restore(turn), options.maxHistoryMessages ?? Number.POSITIVE_INFINITY);
    return { conversation: await starter.start(asked, signal), asked };
  }

  async function* attempt(turn: Turn, signal: AbortSignal): AsyncGenerator<TurnEvent, void, undefined> {
    const prepared = prepareTurn(turn, abilitiesOf(turn.model, models.known));
    const digests = digestHistory(prepared);
    const { conversation, asked } = await conversationFor(prepared, digests, signal);
    let model = '';
    for await (const event of conversation.ask(asked, signal)) {
      if (event.type === 'turn-start') model = event.model;
      if (event.type === 'turn-end') {
        thoughts.keep(asked, { content: conversation.answer, model });
        // Before the caller knows of the end, so that its follow-up finds the process.
        if (!conversation.isOver) live.put(digests.after(conversation.answer), conversation);
      }
      yield event;
    }
  }

  return {
    async *run(turn, callerSignal) {
      const ended = refills.begin();
      const limit = limitTime(callerSignal, turn.timeoutMs);
      const { signal } = limit;
      let started = false;
      try {
        for (const last of [false, true]) {
          try {
            signal.throwIfAborted();
            if (closed) throw shuttingDown();
            for await (const event of attempt(turn, signal)) {
              started = true;
              yield event;
            }
            return;
          } catch (error) {
            if (signal.aborted) throw signal.reason;
            if (closed) throw shuttingDown();
            if (!(error instanceof CliProcessError)) throw error;
            logger.warn({ kind: error.kind, problem: error.message, started }, 'a CLI failed');
            // A process that died before it said anything is replaced once.
            if (last || started) throw unavailable(error);
          }
        }
      } finally {
        limit.release();
        ended();
      }
    },

    async models() {
      try {
        return await models.get(() => launcher.start());
      } catch (error) {
        throw closed ? shuttingDown() : unavailable(error);
      }
    },

    sampling: async (model) => abilitiesOf(model, models.known).sampling,

    async health() {
      return toRunnerHealth({
        version: cli.version,
        login: await loginCheck(),
        bare: launcher.login === 'api-key',
        historyMode: starter.historyMode,
        pool: pool.state(),
        live: live.state(),
      });
    },

    async close() {
      closed = true;
      refills.close();
      pool.close();
      live.close();
      await launcher.close();
    },
  };
}
