import type { Logger } from '@claude-code-api/gateway';
import { prepareTurn } from '@claude-code-api/gateway/messages-api';
import { createOpeningNotes } from '../pool/opening-notes.ts';
import { resumeProcess } from '../pool/resume-process.ts';
import { createToolPrimer } from '../pool/prime-tools.ts';
import { createSessionStarter, type SessionStarter } from '../pool/session-starter.ts';
import { createWarmPool, type WarmPoolState } from '../pool/warm-pool.ts';
import type { CircuitBreaker } from '../process/circuit-breaker.ts';
import type { CliLauncher, Launch } from '../process/cli-launcher.ts';
import type { CliProcess } from '../process/cli-process.ts';
import { createSession } from '../session/session.ts';
import type { ProfileSessions, ProfileSessionsOptions } from './profile-sessions.ts';
import { toFlagSettings, toSystemPrompt } from '../request/turn-for-cli.ts';
import { createTurnReader, type TurnReaderOptions } from '../response/turn-reader.ts';
import type { SessionWays } from '../session/session-ways.ts';

export interface PureSessionsOptions extends ProfileSessionsOptions {
  readonly launcher: CliLauncher;
  readonly launch: Launch;
  /** The fewest processes that wait for new conversations at any time. */
  readonly minIdle: number;
  /** The most that wait. */
  readonly maxIdle: number;
  readonly logger: Logger;
}

export interface PureSessions extends ProfileSessions {
  readonly keep: (cli: CliProcess) => void;
  state(): PureState;
}

export interface PureState {
  readonly pool: WarmPoolState;
  readonly circuit: CircuitBreaker['circuit'];
  readonly historyMode: SessionStarter['historyMode'];
}

/** The sessions of turns that name no profile. */
export function createPureSessions(options: PureSessionsOptions): PureSessions {
  const { launcher, launch, session, logger } = options;
  const { breaker } = launch;
  const primeTools = createToolPrimer();
  async function prime(fresh: CliProcess): Promise<void> {
    await options.prime(fresh);
    await primeTools(fresh);
  }

  const pool = createWarmPool({ ...options, prime, start: () => launcher.start(launch), breaker });
  const ways = pureWays(session);
  const starter = createSessionStarter({
    take: () => pool.take(),
    resume: (history) => resumeProcess(launcher, launch, history),
    create: (cli) => createSession(cli, session, ways),
    // Bare ones say nothing of themselves.
    ...(launcher.login === 'subscription' && { notes: createOpeningNotes({ ...options, launchIn: () => launch }) }),
    logger,
  });

  return {
    hasOwnTools: false,
    prepare: prepareTurn,
    scope: () => [],
    // What agents did before on the way to their answers is none of its own.
    toWholeHistory: (turn) => turn,
    start: (turn, signal) => starter.start(turn, signal),
    refill: () => pool.refill(),
    keep: (cli) => pool.keep(cli),
    state: () => ({ pool: pool.state(), circuit: breaker.circuit, historyMode: starter.historyMode }),
    close: () => pool.close(),
  };
}

/** How a process is the pure model: it answers, and does nothing else. */
export function pureWays(options: Pick<TurnReaderOptions, 'priceOf' | 'cliRetries'>): SessionWays {
  return {
    hasOwnTools: false,
    singleTurn: false,
    initialize(turn) {
      const system = toSystemPrompt(turn.system);
      return { systemPrompt: system === '' ? [] : [system] };
    },
    settings: async (turn) => toFlagSettings(turn),
    prepare: async () => {},
    answer: () => undefined,
    onInit: () => undefined,
    read: (turn, spending) =>
      createTurnReader({
        ...options,
        model: turn.model,
        toolNames: new Set(turn.tools.map((tool) => tool.name)),
        answerTool: turn.answerTool,
        onUsage: spending && ((usage, costUsd) => spending.used(usage, costUsd)),
      }),
  };
}
