import { join } from 'node:path';
import { GatewayError, type Turn } from '@claude-code-api/gateway';
import type { AgentProfile } from '../profile/agent-profile.ts';
import type { CliProcess } from '../process/cli-process.ts';
import { realPathOf } from '../profile/paths.ts';
import { createAgentSessions, type AgentSessionsOptions, type AgentState } from './agent-sessions.ts';
import type { ProfileSessions } from './profile-sessions.ts';
import { createPureSessions, type PureSessionsOptions, type PureState } from './pure-sessions.ts';
import { createWorkingDirectories } from './working-directories.ts';

export interface ProfilesOptions
  extends PureSessionsOptions, Omit<AgentSessionsOptions, 'name' | 'profile' | 'directories' | 'placesRoot' | 'protectedPaths'> {
  /** The profiles that turns can name. */
  readonly profiles: Readonly<Record<string, AgentProfile>>;
  /** Where conversations have their working directories; undefined: in a place that goes with the runner. */
  readonly workRoot: string | undefined;
  /** How long a working directory is kept that nobody uses, in milliseconds. */
  readonly conversationTtlMs: number;
}

/** All profiles: the pure model, and those that turns can name. */
export interface Profiles {
  /**
   * The sessions of a turn's profile: the pure model's where it names none.
   *
   * @throws {GatewayError} When there is no such profile.
   */
  of(turn: Turn): ProfileSessions;
  forget(tenant: string, conversation: string): Promise<void>;
  refill(): void;
  /** Takes in a process of the pure model; see `WarmPool`. */
  readonly keep: (cli: CliProcess) => void;
  readonly pure: PureState;
  /** By their names, those that turns can name. */
  readonly named: Readonly<Record<string, AgentState>>;
  /** Starts no more processes. */
  close(): void;
  /** Once the processes have ended: waits until their directories are gone. */
  cleanUp(): Promise<void>;
}

export function createProfiles({ profiles, workRoot, conversationTtlMs, ...shared }: ProfilesOptions): Profiles {
  const entries = Object.entries(profiles);
  const root = workRoot ?? join(shared.launcher.root, 'conversations');
  const placesRoot = join(shared.launcher.root, 'agents');
  const directories = entries.length === 0 ? undefined : createWorkingDirectories({ root, ttlMs: conversationTtlMs });
  const pure = createPureSessions(shared);
  const named = new Map(
    directories === undefined
      ? []
      : entries.map(([name, profile]) => {
          // Where an agent works in a conversation's directory, those of others are out of its reach by being elsewhere.
          const protectedPaths = [
            ...shared.launcher.privatePaths,
            ...(profile.workingDirectory === undefined ? [] : [...new Set([root, realPathOf(root)])]),
          ];
          return [name, createAgentSessions({ ...shared, name, profile, directories, placesRoot, protectedPaths })] as const;
        }),
  );
  const all: readonly ProfileSessions[] = [pure, ...named.values()];

  return {
    of({ profile: name }) {
      const found = name === undefined ? pure : named.get(name);
      if (found === undefined) throw unknownProfile(name);
      return found;
    },
    forget: async (tenant, conversation) => directories?.forget(tenant, conversation),
    keep: pure.keep,
    refill: () => all.forEach((each) => each.refill()),
    get pure() {
      return pure.state();
    },
    get named() {
      return Object.fromEntries([...named].map(([name, each]) => [name, each.state()]));
    },
    close: () => all.forEach((each) => each.close()),
    cleanUp: async () => directories?.close(),
  };
}

function unknownProfile(name: string | undefined): GatewayError {
  return new GatewayError(`The profile \`${name}\` does not exist.`, { status: 400, code: 'profile_not_found', param: 'model' });
}
