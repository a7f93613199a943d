import type { ResolvedProfiles } from '../profiles/resolve-profiles.ts';
import type { CliInstallation } from '../runner/cli/find-cli.ts';

export interface WelcomeOptions {
  readonly url: string;
  readonly version: string;
  /** Undefined where no CLI of this machine runs the turns. */
  readonly cli: CliInstallation | undefined;
  /** What runs them then, in words. */
  readonly runner?: string;
  /** As the CLI calls it: `none` where it is logged out. */
  readonly login: string;
  /** What keeps it from being of use. Default: nothing. */
  readonly problem?: string | undefined;
  readonly profiles: ResolvedProfiles;
  /** A model that the CLI offers, for the line to try. Default: `sonnet`. */
  readonly model?: string;
  /** The names of the keys, one of which a request needs. Default: none is needed. */
  readonly keys?: readonly string[];
  /** Whether other machines reach it without a key. Default: false. */
  readonly isExposed?: boolean;
}

/** What a server says of itself when it is up. */
export function welcomeText({
  url,
  version,
  cli,
  runner = '',
  login,
  problem,
  profiles,
  model = 'sonnet',
  keys = [],
  isExposed = false,
}: WelcomeOptions): string {
  const lines = [
    `Claude Code API ${version} on ${url}`,
    ...(cli === undefined
      ? [`  Turns: ${problem ?? runner}`]
      : [`  CLI:   ${cli.path} (${cli.version}, from ${cli.source})`, `  Login: ${problem ?? login}`]),
    ...(cli !== undefined && problem !== undefined && login === 'none'
      ? [`         To log in: ${cli.source === 'PATH' ? 'claude' : cli.path} auth login`]
      : []),
    ...(keys.length > 0 ? [`  Keys:  ${keys.join(', ')}`] : []),
    ...(isExposed ? ['  Keys:  none, so that whoever reaches this server may use it'] : []),
    ...profileLines(profiles),
    '',
    'Try it:',
    `  curl ${url}/v1/chat/completions -H 'content-type: application/json'${keys.length > 0 ? " -H 'authorization: Bearer YOUR_KEY'" : ''} -d '{"model": "${model}", "messages": [{"role": "user", "content": "Hello, Claude!"}]}'`,
  ];
  return lines.join('\n');
}

function profileLines({ profiles, defaultProfile }: ResolvedProfiles): string[] {
  return Object.entries(profiles).map(([name, { tools, mcpServers, permissionMode }]) => {
    const servers = Object.keys(mcpServers).map((server) => `MCP ${server}`);
    const model = name === defaultProfile ? 'every model' : `${name}/sonnet`;
    const powers = [...tools, ...servers].join(', ') || 'no tools';
    return `  Agent: ${model}: ${powers}${permissionMode === 'bypassPermissions' ? ', all without being asked' : ''}`;
  });
}
