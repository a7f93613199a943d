import type { CliProcessError } from './cli-process-error.ts';

/** What the CLI runner tells of itself as it happens. Nothing of it may fail. */
export interface RunnerInsight {
  processStarted(): void;
  /** A process failed that should have gone on: it did not start, ended, or broke the protocol. */
  processFailed(kind: CliProcessError['kind']): void;
  /** A turn is tried again, by us or, of `upstream`, by the CLI itself. */
  turnRetried(reason: 'process' | 'upstream'): void;
  /** An agent was denied the use of a tool. */
  toolDenied(profile: string, tool: string): void;
  /** Names what tells how the runner is; it is asked whenever somebody looks. */
  watch(read: () => Promise<RunnerState>): void;
}

export interface RunnerState {
  readonly cliVersion: string;
  readonly processes: {
    /** Processes that wait for new conversations. */
    readonly idle: number;
    readonly starting: number;
    /** Processes that wait, after their turn, for their conversation to go on. */
    readonly live: number;
    /** What the live ones hold in memory. */
    readonly liveMemoryBytes: number;
    /** All that run, whatever they do. */
    readonly all: number;
  };
  /** Whether processes are started: `open` after too many failures, `half-open` while one is tried. */
  readonly circuit: 'closed' | 'open' | 'half-open';
  /** Whether the login was refused, and no turn has succeeded since. */
  readonly isLoginRefused: boolean;
  /** By profile: how each MCP server was when the last turn began. */
  readonly mcpServers: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
