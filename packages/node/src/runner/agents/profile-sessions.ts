import type { Turn, ModelAbilities, ModelPrice } from '@claude-code-api/gateway';
import type { CliProcess } from '../process/cli-process.ts';
import type { PreparedTurn } from '@claude-code-api/gateway/messages-api';
import type { Session, SessionOptions } from '../session/session.ts';

/** Starts the sessions of one profile, and watches them. The pure model is a profile too: of no powers. */
export interface ProfileSessions {
  /** Whether the CLI has tools of its own in them, beside the caller's. */
  readonly hasOwnTools: boolean;
  /**
   * A turn in terms of what can be asked of the profile on this model.
   *
   * @throws {GatewayError} 400 for what can't be asked.
   */
  prepare(turn: Turn, abilities: ModelAbilities): PreparedTurn;
  /** What else two histories must have in common for one process to serve both. */
  scope(turn: PreparedTurn): readonly string[];
  /** A turn as it is asked of a process that did not hear what was said before. */
  toWholeHistory(turn: PreparedTurn): PreparedTurn;
  /** See `SessionStarter`. */
  start(turn: PreparedTurn, signal: AbortSignal): Promise<Session>;
  /** Starts what is missing of the processes that wait. */
  refill(): void;
  /** Starts no more processes. */
  close(): void;
}

/** What the sessions of all profiles have in common. */
export interface ProfileSessionsOptions {
  readonly session: SessionOptions & {
    /** What a model costs; undefined where that is not known. */
    readonly priceOf: (model: string) => ModelPrice | undefined;
    /** Whether the CLI itself asks upstream again. */
    readonly cliRetries: boolean;
  };
  /** Does in a fresh process, ahead of time, what it does only once. */
  readonly prime: (cli: CliProcess) => Promise<void>;
  /** How many turns run, of all profiles. */
  readonly turns: () => number;
  /** The most processes for the pools that are started at once while turns run. */
  readonly maxStarts: number;
  /** The processes that are being started, of all profiles, with when each was started, by `performance.now()`. */
  readonly underWay: Map<CliProcess, number>;
}
