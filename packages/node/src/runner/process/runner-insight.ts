import type { MemoryKind } from './process-memory.ts';
import type { CliProcessError } from './cli-process-error.ts';

/** Is told by the CLI runner what happens in it. None of its functions may throw. */
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

/** How the CLI runner is. */
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
    readonly liveMemoryKind: MemoryKind;
    /** All that run, whatever they do. */
    readonly all: number;
  };
  /** Whether processes are started: `open` after too many failures, `half-open` while one is tried. */
  readonly circuit: 'closed' | 'open' | 'half-open';
  /** Whether the login was refused, and no turn has succeeded since. */
  readonly isLoginRefused: boolean;
  /** By profile: how each MCP server was when the last turn began. */
  readonly mcpServers: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Where turns run on other machines: each by its name. */
  readonly machines?: Readonly<Record<string, MachineSummary>>;
}

/** How a machine is that runs turns; in each number what it told last. */
export interface MachineSummary {
  readonly status: 'ok' | 'gone' | 'unwell' | 'draining' | 'unknown';
  /** Turns that it runs at once. */
  readonly places: number;
  readonly running: number;
  readonly queued: number;
  /** Processes that wait for new conversations. */
  readonly warm: number;
  /** Processes that wait for a follow-up. */
  readonly live: number;
  /** The load of each core, over the last minute. */
  readonly load: number;
}
