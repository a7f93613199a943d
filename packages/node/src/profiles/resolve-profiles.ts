import type { ProfileOptions } from '@claude-code-api/gateway';
import type { ProfileSettings } from '../config/profile-schema.ts';
import { SettingsError } from '../config/settings-error.ts';
import type { Settings } from '../config/settings-schema.ts';
import type { AgentProfile } from '../runner/profile/agent-profile.ts';
import { sandboxProblem } from '../runner/permissions/sandbox-problem.ts';
import { isPure } from './is-pure.ts';
import { protectedPathsOf } from './protected-paths-of.ts';
import { toAgentProfile } from './to-agent-profile.ts';
import { toDefaultProfile } from './to-default-profile.ts';

export interface ResolveProfilesOptions {
  /** What `${VAR}` stands for in the definitions of MCP servers. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The settings file, which no tool may read. Default: `config/local.toml`. */
  readonly settingsFile?: string | undefined;
  /** Whether the server runs as root. Default: as it is. */
  readonly isRoot?: boolean;
  /** Whether turns run on other machines, which have these profiles too: then none is looked into here. Default: false. */
  readonly isElsewhere?: boolean;
  /** Why commands can't run in a sandbox here. Default: as the machine is. */
  readonly sandboxProblem?: () => string | undefined;
}

/** The profiles of the settings, as the runner and the gateway need them. */
export interface ResolvedProfiles {
  /** What the runner is told, by name; the default profile among them when it is more than the pure model. */
  readonly profiles: Readonly<Record<string, AgentProfile>>;
  /** The profile of requests whose model names none; undefined: the pure model. */
  readonly defaultProfile: string | undefined;
  /** The profiles that callers can name, with what the gateway must know of them. */
  readonly known: Readonly<Record<string, ProfileOptions>>;
  /** What the gateway must know of the default profile, which nobody can name. */
  readonly knownOfDefault: ProfileOptions;
  /** The absolute paths that no tool and no caller may reach. */
  readonly protectedPaths: readonly string[];
}

const defaultName = 'default';

/** Where the settings of the default profile are. */
const defaultKeys: Partial<Record<keyof ProfileSettings, string>> = {
  additional_dirs: 'file_access.additional_dirs',
  permission_mode: 'file_access.skip_permissions',
  mcp_config_file: 'mcp.config_file',
};

/**
 * Makes the profiles of the settings: those with names, and the default one of the sections `file_access` and `mcp`. Reads the MCP config
 * files.
 *
 * @throws {SettingsError} For what can't be: a directory or file that does not exist, an MCP server that is not valid, permissions
 * skipped as root, a sandbox that does not work here.
 */
export function resolveProfiles(settings: Settings, options: ResolveProfilesOptions): ResolvedProfiles {
  const { environment, isRoot = process.getuid?.() === 0 } = options;
  const taken = Object.keys(settings.profiles).find((name) => Object.hasOwn(settings.models.aliases, name));
  if (taken !== undefined) throw new SettingsError(`'${taken}' is the name of a profile and in 'models.aliases' too. Rename one of them.`);
  const ofDefault = toDefaultProfile(settings);
  const known = Object.fromEntries(Object.entries(settings.profiles).map(([name, profile]) => [name, toKnown(profile)]));
  const knownOfDefault = toKnown(ofDefault);
  const protectedPaths = protectedPathsOf(settings, { environment, settingsFile: options.settingsFile });
  if (options.isElsewhere === true) {
    const { tools, mcp_config_file: mcpFile } = ofDefault;
    const hasPowers = tools.length > 0 || mcpFile !== undefined;
    return { profiles: {}, defaultProfile: hasPowers ? defaultName : undefined, known, knownOfDefault, protectedPaths };
  }
  const common = {
    environment,
    isRoot,
    sandboxProblem: options.sandboxProblem ?? onlyOnce(() => sandboxProblem(environment)),
    mcpDebug: settings.mcp.debug,
    protectedPaths,
  };
  const named = Object.entries(settings.profiles).map(([name, profile]): [string, AgentProfile] => [
    name,
    toAgentProfile(profile, { ...common, keyOf: (field) => `profiles.${name}.${field}` }),
  ]);
  const byDefault = toAgentProfile(ofDefault, { ...common, keyOf: (field) => defaultKeys[field] ?? field });
  const pure = isPure(byDefault);
  return {
    profiles: Object.fromEntries(pure ? named : [[defaultName, byDefault], ...named]),
    defaultProfile: pure ? undefined : defaultName,
    known,
    knownOfDefault,
    protectedPaths,
  };
}

function toKnown(profile: ProfileSettings): ProfileOptions {
  return {
    ...(profile.effort !== undefined && { effort: profile.effort }),
    ...(profile.tools.includes('WebSearch') && { searches: true }),
  };
}

function onlyOnce<Result>(find: () => Result): () => Result {
  let found: { readonly result: Result } | undefined;
  return () => (found ??= { result: find() }).result;
}
