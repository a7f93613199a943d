import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentProfile } from '../profile/agent-profile.ts';

export interface SandboxSettingsOptions {
  readonly profile: AgentProfile;
  readonly workingDirectory: string;
  /** Absolute paths that commands may not read, wherever they are. */
  readonly protectedPaths: readonly string[];
  /** The environment that the CLI runs in. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Where programs and the devices of the sandbox are; all else at the top is hidden. */
const system: ReadonlySet<string> = new Set(['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32', 'usr', 'etc', 'proc', 'dev']);
/** What programs need of `/etc`. It holds no secrets, and says nothing of the machine's people. */
const systemFiles = [
  ...['alternatives', 'ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'localtime', 'nsswitch.conf', 'mime.types', 'protocols', 'services'],
  ...['ssl', 'pki', 'ca-certificates', 'crypto-policies', 'hosts'],
].map((name) => join('/etc', name));

/** Variables that a command may see. */
const kept = /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|TZ|TERM|TMPDIR|LC_\w+)$/;
/** Variables that the CLI sets by itself, or that are set in it while it runs. Its mark stays: what carries that is ended with it. */
const ofTheCli = [
  ...['CLAUDE_CODE_EXTRA_BODY', 'CLAUDE_CODE_EXTRA_METADATA', 'CLAUDE_CODE_MAX_OUTPUT_TOKENS', 'ANTHROPIC_MODEL'],
  ...['CLAUDE_CODE_MESSAGING_SOCKET', 'CLAUDE_CODE_MESSAGING_TOKEN', 'CLAUDE_CODE_SESSION_ID', 'CLAUDE_CODE_EXECPATH', 'CLAUDE_PID'],
  ...['CLAUDE_CODE_CHILD_NOTES_DIR', 'CLAUDE_CODE_SESSION_ACCESS_TOKEN'],
];

/**
 * Claude Code's settings for a sandbox around each command: it sees the system's programs and the profile's own directories, no other
 * process, no variable of the server's, and no network but the hosts that the profile names.
 *
 * @see https://code.claude.com/docs/en/settings#sandbox-settings
 */
export function sandboxSettings({ profile, workingDirectory, protectedPaths, environment }: SandboxSettingsOptions): object {
  const own = [workingDirectory, ...profile.additionalDirectories];
  const others = readdirSync('/').filter((name) => !system.has(name));
  const variables = [...Object.keys(environment), ...ofTheCli].filter((name) => !kept.test(name));
  return {
    enabled: true,
    failIfUnavailable: true,
    autoAllowBashIfSandboxed: false,
    allowUnsandboxedCommands: false,
    network: { allowedDomains: profile.sandbox?.network ?? [], strictAllowlist: true, allowAllUnixSockets: false },
    filesystem: {
      denyRead: ['/etc', ...others.map((name) => `/${name}`), ...protectedPaths.filter((path) => existsSync(path))],
      allowRead: [...own, ...systemFiles.filter((path) => existsSync(path))],
      allowWrite: own,
    },
    credentials: { envVars: [...new Set(variables)].map((name) => ({ name, mode: 'deny' })) },
  };
}
