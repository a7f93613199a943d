import type { Logger } from '@claude-code-api/gateway';
import type { CliLogin } from '../cli/cli-login.ts';
import { createCircuitBreaker } from '../process/circuit-breaker.ts';
import type { CliLauncher, Launch } from '../process/cli-launcher.ts';
import { clientServerName } from '../session/client-tools.ts';

/** How a process is started that is a pure model: of no powers, in an empty directory. */
export function pureLaunch({ login, loginArguments, environment, workingDirectory }: PureLaunchOptions, logger: Logger): Launch {
  return {
    arguments: (resumeFile) => pureArguments(login, loginArguments, resumeFile),
    environment,
    workingDirectory,
    breaker: createCircuitBreaker({ logger }),
    runsCommands: false,
  };
}

type PureLaunchOptions = Pick<CliLauncher, 'login' | 'loginArguments' | 'environment' | 'workingDirectory'>;

/** How the CLI is started so that nothing but what a caller sends reaches the model. No prompt is ever among the arguments. */
export function pureArguments(login: CliLogin, loginArguments: readonly string[] = [], resumeFile?: string): string[] {
  return [
    '--print',
    ...['--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
    '--include-partial-messages',
    '--replay-user-messages',
    ...['--tools', ''],
    ...['--setting-sources', ''],
    '--strict-mcp-config',
    '--no-session-persistence',
    '--disable-slash-commands',
    // The caller's tools, which the caller runs.
    ...['--allowedTools', `mcp__${clientServerName}`],
    // Whatever is not allowed beforehand is refused; the default of some versions would describe this machine to the API.
    ...['--permission-mode', 'dontAsk'],
    // Reads no subscription login, and adds nothing to a request.
    ...(login === 'subscription' ? [] : ['--bare']),
    ...loginArguments,
    ...(resumeFile === undefined ? [] : ['--resume', resumeFile]),
  ];
}
