import { execFile } from 'node:child_process';
import { accessSync, constants, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { compareVersions } from './compare-versions.ts';

/** The oldest CLI that passes the end-to-end suite: older ones put notes of their own among a caller's messages. */
export const minimumCliVersion = '2.1.286';

export interface CliInstallation {
  readonly path: string;
  /** Such as `2.1.330`. */
  readonly version: string;
  /** Where it was found, for people: `claude.command`, `PATH` or `the installed package`. */
  readonly source: string;
}

export interface FindCliOptions {
  /** The configured command, a name or a path; undefined looks for `claude` on the PATH, then for the installed package. */
  readonly command?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const run = promisify(execFile);

/**
 * Finds a CLI that works and is new enough.
 *
 * @throws {Error} One that says what was tried and what to do.
 */
export async function findCli(options: FindCliOptions): Promise<CliInstallation> {
  const problems: string[] = [];
  for (const candidate of candidates(options)) {
    if (candidate.path === undefined) {
      problems.push(`${candidate.source}: not found`);
      continue;
    }
    const version = await versionOf(candidate.path);
    if (version === undefined) problems.push(`${candidate.source} (${candidate.path}): does not run`);
    else if (compareVersions(version, minimumCliVersion) < 0) {
      problems.push(
        `${candidate.source} (${candidate.path}): version ${version} is older than ${minimumCliVersion}, the oldest that works`,
      );
    } else return { path: candidate.path, version, source: candidate.source };
  }
  throw new Error(
    `No usable Claude Code CLI.\n${problems.map((problem) => `  - ${problem}`).join('\n')}\nInstall one with \`npm install -g @anthropic-ai/claude-code@latest\`, or name one in claude.command.`,
  );
}

interface Candidate {
  readonly path: string | undefined;
  readonly source: string;
}

function candidates(options: FindCliOptions): Candidate[] {
  if (options.command !== undefined) return [{ path: onPath(options.command, options.environment), source: 'claude.command' }];
  return [
    { path: onPath('claude', options.environment), source: 'PATH' },
    ...installedPackage().map((path) => ({ path, source: 'the installed package' })),
  ];
}

function onPath(command: string, environment: FindCliOptions['environment']): string | undefined {
  if (/[\\/]/.test(command)) return executable(command);
  const names = process.platform === 'win32' ? [`${command}.exe`, `${command}.cmd`] : [command];
  const directories = (environment['PATH'] ?? '').split(delimiter).filter((directory) => directory !== '');
  for (const directory of directories) {
    for (const name of names) {
      const path = executable(join(directory, name));
      if (path !== undefined) return path;
    }
  }
  return undefined;
}

function executable(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** The CLI beside this package: its own entry, or the native binary in case its install script was not run. */
function installedPackage(): string[] {
  try {
    const require = createRequire(import.meta.url);
    const manifest = require.resolve('@anthropic-ai/claude-code/package.json');
    const entry = join(dirname(manifest), 'bin', 'claude.exe');
    const platform = `@anthropic-ai/claude-code-${process.platform}-${process.arch}`;
    const native = [platform, `${platform}-musl`].flatMap((name) => {
      try {
        const directory = dirname(createRequire(manifest).resolve(`${name}/package.json`));
        return [join(directory, process.platform === 'win32' ? 'claude.exe' : 'claude')];
      } catch {
        return [];
      }
    });
    return [entry, ...native].filter((path) => executable(path) !== undefined);
  } catch {
    return [];
  }
}

async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 15_000, windowsHide: true });
    return /^(\d+\.\d+\.\d+)/.exec(stdout.trim())?.[1];
  } catch {
    return undefined;
  }
}
