import { join } from 'node:path';
import { GatewayError, type Turn } from '@claude-code-api/gateway';
import type { AgentProfile } from '../profile/agent-profile.ts';
import { realPathOf } from '../profile/paths.ts';
import { createAgentHost, type AgentHost, type AgentHostOptions, type AgentHostState } from './agent-host.ts';
import { createWorkingDirectories } from './working-directories.ts';

export interface AgentHostsOptions extends Omit<AgentHostOptions, 'name' | 'profile' | 'directories' | 'placesRoot' | 'protectedPaths'> {
  readonly profiles: Readonly<Record<string, AgentProfile>>;
  /** Where conversations have their working directories; undefined: in a place that goes with the runner. */
  readonly workRoot: string | undefined;
  /** As long is a working directory kept that nobody uses. */
  readonly conversationTtlMs: number;
}

/** The profiles that turns can name. */
export interface AgentHosts {
  /**
   * The host of a turn's profile; undefined where it names none.
   *
   * @throws {GatewayError} When there is no such profile.
   */
  of(turn: Turn): AgentHost | undefined;
  forget(tenant: string, conversation: string): Promise<void>;
  refill(): void;
  state(): Readonly<Record<string, AgentHostState>>;
  /** Starts no more processes. */
  close(): void;
  /** Once the processes have ended: waits until their directories are gone. */
  cleanUp(): Promise<void>;
}

export function createAgentHosts({ profiles, workRoot, conversationTtlMs, ...shared }: AgentHostsOptions): AgentHosts {
  const entries = Object.entries(profiles);
  const root = workRoot ?? join(shared.launcher.root, 'conversations');
  const placesRoot = join(shared.launcher.root, 'agents');
  const directories = entries.length === 0 ? undefined : createWorkingDirectories({ root, ttlMs: conversationTtlMs });
  const hosts = new Map(
    directories === undefined
      ? []
      : entries.map(([name, profile]) => {
          // Where an agent works in a conversation's directory, those of others are out of its reach by being elsewhere.
          const protectedPaths = [
            ...shared.launcher.privatePaths,
            ...(profile.workingDirectory === undefined ? [] : [...new Set([root, realPathOf(root)])]),
          ];
          return [name, createAgentHost({ ...shared, name, profile, directories, placesRoot, protectedPaths })] as const;
        }),
  );

  return {
    of({ profile }) {
      if (profile === undefined) return undefined;
      const host = hosts.get(profile);
      if (host === undefined) throw unknownProfile(profile);
      return host;
    },
    forget: async (tenant, conversation) => directories?.forget(tenant, conversation),
    refill: () => hosts.forEach((host) => host.refill()),
    state: () => Object.fromEntries([...hosts].map(([name, host]) => [name, host.state()])),
    close() {
      hosts.forEach((host) => host.close());
    },
    cleanUp: async () => directories?.close(),
  };
}

function unknownProfile(name: string): GatewayError {
  return new GatewayError(`The profile \`${name}\` does not exist.`, {
    status: 400,
    code: 'profile_not_found',
    param: 'model',
  });
}
