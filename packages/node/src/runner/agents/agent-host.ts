import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemText, withFields, GatewayError, type Logger } from '@claude-code-api/gateway';
import type { RunnerInsight } from '../../insight/runner-insight.ts';
import type { AgentProfile } from '../profile/agent-profile.ts';
import type { CliConversation, CliConversationOptions } from '../session/session.ts';
import type { CliLauncher, Launch } from '../process/cli-launcher.ts';
import type { CliInit } from '../process/cli-message.ts';
import type { CliProcess } from '../process/cli-process.ts';
import { createConversationStarter } from '../pool/session-starter.ts';
import { createCircuitBreaker, type CircuitBreaker } from '../process/circuit-breaker.ts';
import { denyRules } from '../permissions/deny-rules.ts';
import { createPermissionPolicy } from '../permissions/permission-policy.ts';
import type { PreparedTurn } from '../request/prepare-turn.ts';
import { sandboxSettings } from '../permissions/sandbox-settings.ts';
import { createWarmPool } from '../pool/warm-pool.ts';
import { withRequestId } from '../process/with-request-id.ts';
import { agentArguments } from './agent-arguments.ts';
import { createAgentConversation } from './agent-session.ts';
import { agentEnvironment } from './agent-environment.ts';
import { agentPlace } from './agent-place.ts';
import { toMcpConfig } from './to-mcp-config.ts';
import type { WorkingDirectories } from './working-directories.ts';

export interface AgentHostOptions {
  readonly name: string;
  readonly profile: AgentProfile;
  readonly launcher: CliLauncher;
  readonly directories: WorkingDirectories;
  /** Where the processes of agents have what is their own. */
  readonly placesRoot: string;
  /** Absolute paths that this profile's tools may not reach, besides its own. */
  readonly protectedPaths: readonly string[];
  readonly conversation: CliConversationOptions;
  /** Does in a fresh process, ahead of time, what it does only once. */
  readonly prime: (cli: CliProcess) => Promise<void>;
  readonly insight: RunnerInsight | undefined;
  readonly logger: Logger;
}

/** Starts and watches the processes of one profile. */
export interface AgentHost {
  /** The names of the agent's own tools, but for those of MCP servers. */
  readonly tools: readonly string[];
  /** See `ConversationStarter`. */
  start(turn: PreparedTurn, signal: AbortSignal): Promise<CliConversation>;
  /** What else two histories must have in common for one process to serve both. */
  scope(turn: PreparedTurn): readonly string[];
  /** Starts what is missing of the processes that wait. */
  refill(): void;
  state(): AgentHostState;
  close(): void;
}

export interface AgentHostState {
  /** So many uses of tools were not permitted. */
  readonly denials: number;
  /** How each MCP server was when the last turn began; empty before the first. */
  readonly mcpServers: Readonly<Record<string, string>>;
  readonly circuit: CircuitBreaker['circuit'];
  /** Of its processes that wait for new conversations. */
  readonly idle: number;
  readonly starting: number;
}

export function createAgentHost(options: AgentHostOptions): AgentHost {
  const { name, profile, launcher, directories, logger } = options;
  const policy = createPermissionPolicy({ profileName: name, profile, insight: options.insight, logger });
  // One whose directory is gone, for instance, must not keep the others from starting.
  const breaker = createCircuitBreaker({ logger: withFields(logger, { profile: name }) });
  const environment = agentEnvironment(launcher, profile);
  const protectedPaths = [...profile.protectedPaths, ...options.protectedPaths];
  const mcpConfigFile = writeMcpConfig(options);
  let mcpServers: Readonly<Record<string, string>> = {};

  function launchIn(workingDirectory: string): Launch {
    const { CLAUDE_CONFIG_DIR: configDirectory } = environment;
    const place = agentPlace({ root: options.placesRoot, configDirectory });
    const own = { ...environment, ...place.environment };
    const around = [
      { directory: options.placesRoot, way: [place.name] },
      { directory: launcher.configDirectory, way: ['projects', place.name] },
    ];
    return {
      arguments(resumeFile) {
        place.make();
        const sandbox = profile.sandbox && sandboxSettings({ profile, workingDirectory, protectedPaths, environment: own });
        const settings = { ...launcher.loginHelpers, ...(sandbox && { sandbox }) };
        const settingsFile = Object.keys(settings).length === 0 ? undefined : place.writeSettings(settings);
        return agentArguments({ profile, mcpConfigFile, denyRules: denyRules(protectedPaths, around), settingsFile, resumeFile });
      },
      environment: own,
      workingDirectory,
      breaker,
      onGone: () => place.remove(),
    };
  }

  // A process waits in its directory: only where that is the same for all can one be started before it is known for whom.
  const fixed = profile.workingDirectory;
  const pool =
    fixed === undefined
      ? undefined
      : createWarmPool({ start: () => launcher.start(launchIn(fixed)), breaker, prime: options.prime, minIdle: 0, maxIdle: 1, logger });

  const starter = createConversationStarter({
    take(turn) {
      if (pool !== undefined) return pool.take();
      const directory = directories.open(turn.tenant, turn.conversation);
      const cli = launcher.start(launchIn(directory.path));
      directory.use(cli);
      return cli;
    },
    async resume(earlier, turn) {
      if (fixed !== undefined) return launcher.resume(earlier, turn.model, launchIn(fixed));
      const directory = directories.open(turn.tenant, turn.conversation);
      const cli = await launcher.resume(earlier, turn.model, launchIn(directory.path));
      directory.use(cli);
      return cli;
    },
    create: (cli) =>
      createAgentConversation(cli, {
        ...options.conversation,
        policy,
        systemPrompt: (turn) => systemPromptOf(turn, profile),
        singleTurn: profile.maxBudgetUsd !== undefined,
        mcpServers: profile.mcpServers,
        readsSettings: profile.settingSources.length > 0,
        onInit,
      }),
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
    tools: profile.tools,
    start: (turn, signal) => starter.start(turn, signal),
    scope: ({ conversation }) => [name, ...(fixed === undefined && conversation !== undefined ? [conversation] : [])],
    refill: () => pool?.refill(),
    state() {
      const { idle, starting } = pool?.state() ?? { idle: 0, starting: 0 };
      return { denials: policy.denials, mcpServers, circuit: breaker.circuit, idle, starting };
    },
    close: () => pool?.close(),
  };
}

function systemPromptOf({ system }: PreparedTurn, { systemPrompt, appendSystemPrompt }: AgentProfile): object {
  const text = [systemText(system), appendSystemPrompt].filter((part) => part !== '').join('\n\n');
  if (systemPrompt === 'none') return { systemPrompt: text === '' ? [] : [text] };
  return text === '' ? {} : { appendSystemPrompt: text };
}

/** The definitions hold secrets: they go by way of a private file. */
function writeMcpConfig({ profile, launcher }: AgentHostOptions): string | undefined {
  const config = toMcpConfig(profile);
  if (config === undefined) return undefined;
  const file = join(launcher.secretsDirectory, `${randomUUID()}.json`);
  writeFileSync(file, config, { mode: 0o600 });
  return file;
}

function serverUnavailable(server: string): GatewayError {
  return new GatewayError(`The MCP server \`${server}\` of this profile does not work. The log of the server says more.`, {
    status: 503,
    code: 'mcp_server_unavailable',
  });
}
