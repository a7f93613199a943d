import type { RunnerHealth } from '@claude-code-api/gateway';
import type { AgentState } from './agents/agent-sessions.ts';
import type { PureState } from './agents/pure-sessions.ts';
import type { CircuitBreaker } from './process/circuit-breaker.ts';
import { compareVersions } from './cli/cli-version.ts';
import { minimumCliVersion } from './cli/find-cli.ts';
import type { LiveState } from './pool/live-sessions.ts';
import type { LoginStatus } from './cli/login-check.ts';
import type { WarmPoolState } from './pool/warm-pool.ts';
import type { RunnerState } from './process/runner-insight.ts';

/** What a CLI runner knows of itself. */
export interface RunnerFacts {
  readonly version: string;
  /** Whether the CLI is gone. */
  readonly isMissing: boolean;
  /** Undefined when the CLI does not say. */
  readonly login: LoginStatus | undefined;
  /** When Anthropic, or the cloud, refused the login last; undefined once a turn has succeeded since. */
  readonly loginRefusedAt: Date | undefined;
  /** Whether the CLI adds nothing to a request. */
  readonly bare: boolean;
  readonly historyMode: PureState['historyMode'];
  readonly pool: WarmPoolState;
  readonly circuit: CircuitBreaker['circuit'];
  readonly live: LiveState;
  readonly profiles: Readonly<Record<string, AgentState>>;
}

/** How a CLI runner is; its details are those of `/health`. */
export interface CliRunnerHealth extends RunnerHealth {
  readonly details: CliRunnerDetails;
}

// No interface: those can't stand for the port's record.
/** What `/health` says of a CLI runner. */
export type CliRunnerDetails = {
  readonly cli: {
    readonly version: string;
    /** As the CLI calls it: `api_key`, `claude.ai`, `none`...; `unknown` when it does not say. */
    readonly login: string;
    /** Whether the CLI adds nothing to a request. */
    readonly bare: boolean;
    /** How earlier messages reach a process. */
    readonly history: PureState['historyMode'];
  };
  readonly processes: {
    /** Processes that wait for new conversations. */
    readonly idle: number;
    readonly starting: number;
    /** Processes that wait for a follow-up. */
    readonly live: number;
    readonly liveMemoryBytes: number;
    readonly liveMemoryKind: LiveState['memoryKind'];
  };
  readonly circuit: CircuitBreaker['circuit'];
  /** By their names; absent where there are none. */
  readonly profiles?: Readonly<Record<string, AgentState>>;
};

const notLoggedIn =
  'Claude Code is not logged in. Log it in on the server (`claude-code-api doctor` says by which command), or set ANTHROPIC_API_KEY.';
const gone = 'Claude Code is not on this machine any more. Install it again with `npm install -g @anthropic-ai/claude-code@latest`.';
const notStarting = 'Claude Code does not start. The log of the server says why.';

/** Judges a runner by what is known of it. */
export function toRunnerHealth(facts: RunnerFacts): CliRunnerHealth {
  const { version, login, bare, historyMode, pool, circuit, live, profiles } = facts;
  const problem = problemOf(facts);
  return {
    healthy: problem === undefined,
    ...(problem !== undefined && { problem }),
    details: {
      cli: { version, login: login?.method ?? 'unknown', bare, history: historyMode },
      processes: {
        idle: pool.idle,
        starting: pool.starting,
        live: live.count,
        liveMemoryBytes: live.memoryBytes,
        liveMemoryKind: live.memoryKind,
      },
      circuit,
      ...(Object.keys(profiles).length > 0 && { profiles }),
    },
  };
}

function problemOf({ version, isMissing, login, loginRefusedAt, pool, circuit }: RunnerFacts): string | undefined {
  if (isMissing) return gone;
  if (pool.problem !== undefined || circuit !== 'closed') return notStarting;
  if (compareVersions(version, minimumCliVersion) < 0) return tooOld(version);
  if (login?.loggedIn === false) return notLoggedIn;
  return loginRefusedAt === undefined ? undefined : refused(loginRefusedAt);
}

function refused(at: Date): string {
  return `The login of Claude Code was refused at ${at.toISOString()}, and no turn has succeeded since. Renew it (\`claude-code-api doctor\` says how); the next turn that succeeds ends this.`;
}

/** It has been replaced: at its start the server takes none that is too old. */
function tooOld(version: string): string {
  return `Claude Code has been replaced by version ${version}; this server needs ${minimumCliVersion} or newer. Update it by \`claude update\`.`;
}

/** What statistics tell of a runner; `all` is how many processes run. */
export function toRunnerState(
  { version, pool, live, circuit, profiles, loginRefusedAt }: Omit<RunnerFacts, 'login'>,
  all: number,
): RunnerState {
  const hosts = Object.entries(profiles);
  return {
    cliVersion: version,
    processes: {
      idle: hosts.reduce((sum, [, { idle }]) => sum + idle, pool.idle),
      starting: hosts.reduce((sum, [, { starting }]) => sum + starting, pool.starting),
      live: live.count,
      liveMemoryBytes: live.memoryBytes,
      liveMemoryKind: live.memoryKind,
      all,
    },
    circuit,
    isLoginRefused: loginRefusedAt !== undefined,
    mcpServers: Object.fromEntries(hosts.map(([name, { mcpServers }]) => [name, mcpServers])),
  };
}
