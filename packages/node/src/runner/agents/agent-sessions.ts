import { GatewayError, type Logger } from '@claude-code-api/gateway';
import { withFields } from '@claude-code-api/gateway/runner-kit';
import type { RunnerInsight } from '../process/runner-insight.ts';
import { createPermissionPolicy } from '../permissions/permission-policy.ts';
import { createOpeningNotes } from '../pool/opening-notes.ts';
import { resumeProcess } from '../pool/resume-process.ts';
import { createSessionStarter } from '../pool/session-starter.ts';
import { createWarmPool } from '../pool/warm-pool.ts';
import { createCircuitBreaker, type CircuitBreaker } from '../process/circuit-breaker.ts';
import type { CliLauncher } from '../process/cli-launcher.ts';
import type { CliInit } from '../process/cli-message.ts';
import type { CliProcess } from '../process/cli-process.ts';
import { withRequestId } from '../process/with-request-id.ts';
import type { AgentProfile } from '../profile/agent-profile.ts';
import { prepareTurn } from '@claude-code-api/gateway/messages-api';
import { expandSteps } from '../session/session-history.ts';
import { createSession } from '../session/session.ts';
import { createAgentLaunch } from './agent-launch.ts';
import { createAgentWays } from './agent-ways.ts';
import type { ProfileSessions, ProfileSessionsOptions } from './profile-sessions.ts';
import { toAgentTurn } from './to-agent-turn.ts';
import type { WorkingDirectories } from './working-directories.ts';

export interface AgentSessionsOptions extends ProfileSessionsOptions {
  readonly name: string;
  readonly profile: AgentProfile;
  readonly launcher: CliLauncher;
  readonly directories: WorkingDirectories;
  /** Where the processes of agents have what is their own. */
  readonly placesRoot: string;
  /** Absolute paths that this profile's tools may not reach, besides its own. */
  readonly protectedPaths: readonly string[];
  /** The most that wait of any profile; of one with powers never more than one. */
  readonly maxIdle: number;
  readonly insight: RunnerInsight | undefined;
  readonly logger: Logger;
}

export interface AgentSessions extends ProfileSessions {
  state(): AgentState;
}

export interface AgentState {
  /** How many uses of tools were denied. */
  readonly denials: number;
  /** How each MCP server was when the last turn began; empty before the first. */
  readonly mcpServers: Readonly<Record<string, string>>;
  readonly circuit: CircuitBreaker['circuit'];
  /** How many of its processes wait for new conversations. */
  readonly idle: number;
  readonly starting: number;
}

/** The sessions of a profile with powers. */
export function createAgentSessions(options: AgentSessionsOptions): AgentSessions {
  const { name, profile, launcher, directories, logger } = options;
  const policy = createPermissionPolicy({ profileName: name, profile, insight: options.insight, logger });
  // One whose directory is gone, for instance, must not keep the others from starting.
  const breaker = createCircuitBreaker({ logger: withFields(logger, { profile: name }) });
  const launchIn = createAgentLaunch({ ...options, breaker });
  let mcpServers: Readonly<Record<string, string>> = {};

  // A process waits in its directory: only where that is the same for all can one be started before it is known for whom.
  const fixed = profile.workingDirectory;
  const pool =
    fixed === undefined
      ? undefined
      : createWarmPool({
          ...options,
          start: () => launcher.start(launchIn(fixed)),
          breaker,
          minIdle: 0,
          maxIdle: Math.min(1, options.maxIdle),
        });

  const starter = createSessionStarter({
    take(turn) {
      if (pool !== undefined) return pool.take();
      const directory = directories.open(turn.tenant, turn.conversation);
      const cli = launcher.start(launchIn(directory.path));
      directory.use(cli);
      return cli;
    },
    async resume(history, turn) {
      if (fixed !== undefined) return resumeProcess(launcher, launchIn(fixed), history);
      const directory = directories.open(turn.tenant, turn.conversation);
      const cli = await resumeProcess(launcher, launchIn(directory.path), history);
      directory.use(cli);
      return cli;
    },
    notes: tellsNotes(options) ? createOpeningNotes({ ...options, launchIn: (directory) => launchIn(fixed ?? directory) }) : undefined,
    create: (cli: CliProcess) => createSession(cli, options.session, createAgentWays(cli, { ...options.session, profile, policy, onInit })),
    logger,
  });

  function onInit(init: CliInit, requestId: string | undefined): GatewayError | undefined {
    const log = withRequestId(logger, requestId);
    const states = Object.fromEntries(
      init.mcp_servers.flatMap((server) => (Object.hasOwn(profile.mcpServers, server.name) ? [[server.name, server.status]] : [])),
    );
    if (profile.mcpDebug) log.info({ profile: name, mcpServers: states }, 'MCP servers');
    const failed = Object.keys(profile.mcpServers).filter((server) => states[server] !== 'connected');
    for (const server of failed) {
      if (mcpServers[server] !== states[server]) log.warn({ profile: name, server, status: states[server] }, 'an MCP server does not work');
    }
    mcpServers = states;
    const [first] = failed;
    return profile.mcpStrict && first !== undefined ? serverUnavailable(first) : undefined;
  }

  return {
    hasOwnTools: true,
    prepare: (turn, abilities) => prepareTurn(toAgentTurn(turn, abilities, profile.tools), abilities),
    scope: ({ conversation }) => [name, ...(fixed === undefined && conversation !== undefined ? [conversation] : [])],
    toWholeHistory: (turn) => ({ ...turn, messages: expandSteps(turn.messages) }),
    start: (turn, signal) => starter.start(turn, signal),
    refill: () => pool?.refill(),
    state() {
      const { idle, starting } = pool?.state() ?? { idle: 0, starting: 0 };
      return { denials: policy.denials, mcpServers, circuit: breaker.circuit, idle, starting };
    },
    close: () => pool?.close(),
  };
}

/**
 * Whether what the CLI says of itself can be learned of one that asks nobody: not where it is made of the user's own files, or of MCP servers, which
 * would start for it; on a cloud it asks by itself.
 */
function tellsNotes({ profile, launcher }: AgentSessionsOptions): boolean {
  return profile.settingSources.length === 0 && Object.keys(profile.mcpServers).length === 0 && launcher.login !== 'cloud';
}

function serverUnavailable(server: string): GatewayError {
  return new GatewayError(`The MCP server \`${server}\` of this profile does not work. The log of the server says more.`, {
    status: 503,
    code: 'mcp_server_unavailable',
  });
}
