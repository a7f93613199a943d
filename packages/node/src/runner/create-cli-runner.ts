import { GatewayError, type ClaudeRunner, type Logger, type RunnerModel, type Turn, type TurnEvent } from '@claude-code-api/gateway';
import type { CliConversation } from './cli-conversation.ts';
import { createCliLauncher } from './cli-launcher.ts';
import { CliProcessError } from './cli-process-error.ts';
import type { CliProcess } from './cli-process.ts';
import { createConversationStarter } from './conversation-starter.ts';
import type { CliInstallation } from './find-cli.ts';
import { digestHistory, type HistoryDigests } from './history-digest.ts';
import { createLiveConversations } from './live-conversations.ts';
import { parseModels } from './parse-models.ts';
import { createLoginCheck } from './login-check.ts';
import { createRefillSchedule } from './refill-schedule.ts';
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
    prime,
    minIdle: options.minIdle ?? 1,
    maxIdle: options.maxIdle ?? 4,
    logger,
  });
  const live = createLiveConversations({ maxLive: options.maxLive ?? 10, idleMs: options.liveIdleMs ?? 300_000 });
  const starter = createConversationStarter({
    launcher,
    take: () => pool.take(),
    conversation: { firstEventTimeoutMs: options.firstEventTimeoutMs ?? 120_000, historyTimeoutMs: startTimeoutMs },
    logger,
  });
  const refills = createRefillSchedule(() => pool.refill());
  const loginCheck = createLoginCheck(cli.path, launcher.environment);
  let closed = false;
  let models: readonly RunnerModel[] = [];
  let listing: Promise<void> | undefined;
  pool.refill();

  /** None of these changes anything that a later request would see. */
  async function prime(process: CliProcess): Promise<void> {
    const [list] = await Promise.all([
      process.control({ subtype: 'list_models' }).catch(() => undefined),
      process.control({ subtype: 'get_settings' }),
      process.control({ subtype: 'apply_flag_settings', settings: { env: { CLAUDE_CODE_EXTRA_BODY: '{}' } } }),
    ]);
    const listed = parseModels(list);
    if (listed.length > 0) models = listed;
  }

  async function askForModels(): Promise<void> {
    if (closed) throw shuttingDown();
    const process = launcher.start();
    try {
      await prime(process);
    } catch (error) {
      throw closed ? shuttingDown() : unavailable(error);
    } finally {
      void process.stop();
    }
  }

  async function conversationFor(turn: Turn, digests: HistoryDigests, signal: AbortSignal): Promise<CliConversation> {
    const known = digests.before === undefined ? undefined : live.take(digests.before);
    if (known !== undefined && (await accepts(known, turn, signal))) return known;
    signal.throwIfAborted();
    return starter.start(turn, signal);
  }

  /** Whether a process can go on with this turn; one that can't, or whose caller leaves meanwhile, is ended. */
  async function accepts(known: CliConversation, turn: Turn, signal: AbortSignal): Promise<boolean> {
    const onAbort = (): void => void known.stop();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const good = (await known.accepts(turn)) && !signal.aborted;
      if (!good) void known.stop();
      return good;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async function* attempt(turn: Turn, signal: AbortSignal): AsyncGenerator<TurnEvent, void, undefined> {
    const digests = digestHistory(turn);
    const conversation = await conversationFor(turn, digests, signal);
    for await (const event of conversation.ask(turn, signal)) {
      // Before the caller knows of the end, so that its follow-up finds the process.
      if (event.type === 'turn-end') live.put(digests.after(conversation.answer), conversation);
      yield event;
    }
  }

  return {
    async *run(turn, signal) {
      const ended = refills.begin();
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
        ended();
      }
    },

    async models() {
      if (models.length > 0) return models;
      // Many may ask at once before the first process has answered: one more process answers them all.
      listing ??= askForModels().finally(() => {
        listing = undefined;
      });
      await listing;
      return models;
    },

    async health() {
      const login = await loginCheck();
      const { idle, starting, problem } = pool.state();
      const loginProblem =
        login?.loggedIn === false
          ? 'Claude Code is not logged in. Run `claude auth login` on the server, or set ANTHROPIC_API_KEY.'
          : undefined;
      const cliProblem = problem === undefined ? undefined : 'Claude Code does not start. The log of the server says why.';
      const worst = cliProblem ?? loginProblem;
      return {
        healthy: worst === undefined,
        ...(worst !== undefined && { problem: worst }),
        details: {
          cli: {
            version: cli.version,
            login: login?.method ?? 'unknown',
            bare: launcher.login === 'api-key',
            history: starter.historyMode,
          },
          processes: { idle, starting, live: live.size },
        },
      };
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

function unavailable(cause: unknown): GatewayError {
  return new GatewayError('Claude Code on the server failed. Please try again; if it persists, the log of the server says why.', {
    status: 503,
    type: 'server_error',
    code: 'claude_unavailable',
    cause,
  });
}

function shuttingDown(): GatewayError {
  return new GatewayError('The server is shutting down. Please try again.', { status: 503, type: 'server_error', code: 'shutting_down' });
}
