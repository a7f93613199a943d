import type { RunnerHealth } from '@claude-code-api/gateway';
import type { AgentState } from './agents/agent-sessions.ts';
import type { CircuitBreaker } from './process/circuit-breaker.ts';
import { compareVersions } from './cli/cli-version.ts';
import { minimumCliVersion } from './cli/find-cli.ts';
import type { LiveState } from './pool/live-sessions.ts';
import type { LoginStatus } from './cli/login-check.ts';
import type { WarmPoolState } from './pool/warm-pool.ts';

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
  readonly historyMode: string;
  readonly pool: WarmPoolState;
  readonly circuit: CircuitBreaker['circuit'];
  readonly live: LiveState;
  readonly profiles: Readonly<Record<string, AgentState>>;
}

const notLoggedIn =
  'Claude Code is not logged in. Log it in on the server (`claude-code-api doctor` says by which command), or set ANTHROPIC_API_KEY.';
const gone = 'Claude Code is not on this machine any more. Install it again with `npm install -g @anthropic-ai/claude-code@latest`.';
const notStarting = 'Claude Code does not start. The log of the server says why.';

/** Judges a runner by what is known of it. */
export function toRunnerHealth(facts: RunnerFacts): RunnerHealth {
  const { version, login, bare, historyMode, pool, circuit, live, profiles } = facts;
  const problem = problemOf(facts);
  return {
    healthy: problem === undefined,
    ...(problem !== undefined && { problem }),
    details: {
      cli: { version, login: login?.method ?? 'unknown', bare, history: historyMode },
      processes: { idle: pool.idle, starting: pool.starting, live: live.count, liveMemoryBytes: live.memoryBytes },
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
