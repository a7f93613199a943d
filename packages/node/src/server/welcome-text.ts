import type { RunnerHealth } from '@claude-code-api/gateway';
import type { CliInstallation } from '../runner/find-cli.ts';

export interface WelcomeOptions {
  readonly url: string;
  readonly version: string;
  readonly cli: CliInstallation;
  readonly health: RunnerHealth;
}

/** What a server says of itself when it is up. */
export function welcomeText({ url, version, cli, health }: WelcomeOptions): string {
  const lines = [
    `Claude Code API ${version} on ${url}`,
    `  CLI:   ${cli.path} (${cli.version}, from ${cli.source})`,
    `  Login: ${health.problem ?? loginOf(health)}`,
    '',
    'Try it:',
    `  curl ${url}/v1/chat/completions -H 'content-type: application/json' -d '{"model": "sonnet", "messages": [{"role": "user", "content": "Hello, Claude!"}]}'`,
  ];
  return lines.join('\n');
}

function loginOf(health: RunnerHealth): string {
  const { cli } = health.details;
  return typeof cli === 'object' && cli !== null && 'login' in cli ? String(cli.login) : 'unknown';
}
