import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How a gateway is started. */
export interface Installed {
  readonly version: string;
  readonly command: string;
  readonly arguments: (port: number) => readonly string[];
  readonly environment?: (port: number, cli: string) => Readonly<Record<string, string>>;
}

/** A gateway in front of the CLI, as a user gets it. */
export interface Gateway {
  readonly name: string;
  /** For people: what differs from how it comes. */
  readonly settings: string;
  /**
   * Installs it where nothing else is.
   *
   * @throws {Error} When it can't be had here.
   */
  install(directory: string): Installed;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** This one first; the others at the versions of the day on which they were looked at (2026-11-27). */
export const gateways: readonly Gateway[] = [
  {
    name: 'Claude Code API',
    settings: 'none',
    install: () => ({
      version: versionIn(join(root, 'packages/node/package.json')),
      command: process.execPath,
      arguments: (port) => [join(root, 'packages/node/bin/claude-code-api.js'), `--server.port=${port}`],
    }),
  },
  {
    name: 'claude-max-api-proxy (npm)',
    settings: 'none',
    install(directory) {
      run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', directory, 'claude-max-api-proxy@1.0.0']);
      const own = join(directory, 'node_modules/claude-max-api-proxy');
      const start = join(own, 'dist/server/standalone.js');
      return { version: versionIn(join(own, 'package.json')), command: process.execPath, arguments: (port) => [start, `${port}`] };
    },
  },
  {
    name: 'claude-code-relay (PyPI)',
    settings: 'none',
    install(directory) {
      const programs = installPython(directory, 'claude-code-relay==0.0.9');
      const command = join(programs, 'claude-code-relay');
      return { version: '0.0.9', command, arguments: (port) => ['serve', '--port', `${port}`] };
    },
  },
  {
    name: 'cli2api (PyPI)',
    settings: 'CLI2API_HOST=127.0.0.1',
    install(directory) {
      const programs = installPython(directory, 'cli2api==0.2.5');
      return {
        version: '0.2.5',
        command: join(programs, 'cli2api'),
        arguments: () => [],
        environment: (port, cli) => ({ CLI2API_HOST: '127.0.0.1', CLI2API_PORT: `${port}`, CLI2API_CLAUDE_CLI_PATH: cli }),
      };
    },
  },
];

function installPython(directory: string, requirement: string): string {
  run('python3', ['-m', 'venv', directory]);
  run(join(directory, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', requirement]);
  return join(directory, 'bin');
}

function run(command: string, parameters: readonly string[]): void {
  execFileSync(command, parameters, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 120_000 });
}

function versionIn(manifest: string): string {
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
