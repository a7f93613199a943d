import type { Logger } from '@claude-code-api/gateway';
import type { RunnerInsight } from './process/runner-insight.ts';
import type { AgentProfile } from './profile/agent-profile.ts';
import type { CliInstallation } from './cli/find-cli.ts';
import type { ModelPrices } from './models/model-prices.ts';

/** What stands for options that are not given; `liveDefaults` has those that depend on the login. */
export const cliRunnerDefaults = {
  minIdle: 1,
  maxIdle: 4,
  maxLiveMemoryBytes: 4_096_000_000,
  startTimeoutMs: 30_000,
  firstEventTimeoutMs: 120_000,
  maxRetries: 2,
  maxLineBytes: 67_108_864,
  conversationTtlMs: 1_800_000,
} as const;

/** Processes that wait: for new conversations, or after a turn for a follow-up. */
export interface WaitingProcesses {
  /** The fewest that wait for new conversations at any time. Default: 1. */
  readonly minIdle?: number | undefined;
  /** The most that wait for new conversations. Default: 4. */
  readonly maxIdle?: number | undefined;
  /** The most that wait for a follow-up. Default: 10, with a subscription 20. */
  readonly maxLive?: number | undefined;
  /** The longest wait for a follow-up, in milliseconds. Default: 300,000, with a subscription 3,600,000. */
  readonly liveIdleMs?: number | undefined;
  /** The most memory that all of those hold together which wait for a follow-up, in bytes. Default: 4,096,000,000. */
  readonly maxLiveMemoryBytes?: number | undefined;
}

/** Which CLI runs the turns, and how. */
export interface CliRunnerOptions {
  /** The CLI to run; `findCli` finds one. */
  readonly cli: CliInstallation;
  readonly logger: Logger;
  /** The environment that the CLI's own is chosen from. Default: the process's. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Names of variables that the CLI sees beside those of the allow-list. Default: none. */
  readonly moreVariables?: readonly string[];
  /** How many processes wait, and for how long. */
  readonly processes?: WaitingProcesses;
  /**
   * The most messages before a turn's last that are given to a process that did not hear them; those of the turn under way are always
   * given. Default: all.
   */
  readonly maxHistoryMessages?: number | undefined;
  /** The longest wait for a process to start or to answer a control request, in milliseconds. Default: 30,000. */
  readonly startTimeoutMs?: number;
  /** The longest wait for the model to begin its answer, in milliseconds. Default: 120,000. */
  readonly firstEventTimeoutMs?: number;
  /**
   * How often a turn is tried again that fails before its first word for a passing reason: by the CLI after a 429, a 5xx or a
   * lost connection, and by the runner when a process fails, then once at least. Default: 2.
   */
  readonly maxRetries?: number;
  /** The longest line that is read from a CLI. Default: 67,108,864. */
  readonly maxLineBytes?: number;
  /** What Claude may do in turns that name a profile. Turns that name none are a pure model's. Default: none. */
  readonly profiles?: Readonly<Record<string, AgentProfile>>;
  /** Where agents' conversations have their working directories. Default: a temporary place that goes with the runner. */
  readonly workRoot?: string | undefined;
  /** How long such a directory is kept that nobody uses, in milliseconds. Default: 1,800,000. */
  readonly conversationTtlMs?: number;
  /** What models cost where the list prices are not right, or not known. Default: the list prices for all. */
  readonly prices?: ModelPrices;
  /** Is told what happens. Default: nobody is. */
  readonly insight?: RunnerInsight | undefined;
}
