import type { RunnerHealth } from '@claude-code-api/gateway';
import type { AgentHostState } from './agent-host.ts';
import type { LiveState } from './live-conversations.ts';
import type { LoginStatus } from './read-login.ts';
import type { WarmPoolState } from './warm-pool.ts';

export interface RunnerFacts {
  readonly version: string;
  /** Undefined when the CLI does not say. */
  readonly login: LoginStatus | undefined;
  /** Whether the CLI adds nothing to a request. */
  readonly bare: boolean;
  readonly historyMode: string;
  readonly pool: WarmPoolState;
  readonly live: LiveState;
  readonly profiles: Readonly<Record<string, AgentHostState>>;
}

const notLoggedIn = 'Claude Code is not logged in. Run `claude auth login` on the server, or set ANTHROPIC_API_KEY.';
const notStarting = 'Claude Code does not start. The log of the server says why.';

/** Judges a runner by what is known of it. */
export function toRunnerHealth(facts: RunnerFacts): RunnerHealth {
  const { version, login, bare, historyMode, pool, live, profiles } = facts;
  const problem = pool.problem !== undefined ? notStarting : login?.loggedIn === false ? notLoggedIn : undefined;
  return {
    healthy: problem === undefined,
    ...(problem !== undefined && { problem }),
    details: {
      cli: { version, login: login?.method ?? 'unknown', bare, history: historyMode },
      processes: { idle: pool.idle, starting: pool.starting, live: live.count, liveMemoryBytes: live.memoryBytes },
      ...(Object.keys(profiles).length > 0 && { profiles }),
    },
  };
}
