import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, resolve } from 'node:path';
import { compareVersions, readCliVersion } from './cli-version.ts';

/** The oldest CLI that passes the end-to-end suite: older ones put notes of their own among a caller's messages. */
export const minimumCliVersion = '2.1.286';

/** A CLI on this machine. */
export interface CliInstallation {
  /** As it was found: a link is not resolved, since an update may lead it elsewhere. */
  readonly path: string;
  /** Such as `2.1.330`. */
  readonly version: string;
  /** Where it was found, for people: `claude.command`, `PATH` or `the installed package`. */
  readonly source: string;
  /** Looks for it anew, in the same way. Absent: there is nothing to look for when it is gone. */
  readonly find?: (() => Promise<CliInstallation>) | undefined;
}

/** Where a CLI is looked for. */
export interface FindCliOptions {
  /** The configured command, a name or a path; undefined looks for `claude` on the PATH, then for the installed package. */
  readonly command?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Finds a CLI that works and is new enough.
 *
 * @throws {Error} One that says what was tried and what to do.
 */
export async function findCli(options: FindCliOptions): Promise<CliInstallation> {
  const problems: string[] = [];
  for (const candidate of candidates(options)) {
    if (candidate.path === undefined) {
      problems.push(`${candidate.source}: ${candidate.missing}`);
      continue;
    }
    const version = await readCliVersion(candidate.path);
    if (version === undefined) problems.push(`${candidate.source} (${candidate.path}): does not run`);
    else if (compareVersions(version, minimumCliVersion) < 0) {
      problems.push(
        `${candidate.source} (${candidate.path}): version ${version} is older than ${minimumCliVersion}, the oldest that works`,
      );
    } else return { path: candidate.path, version, source: candidate.source, find: () => findCli(options) };
  }
  throw new Error(
    `No usable Claude Code CLI.\n${problems.map((problem) => `  - ${problem}`).join('\n')}\nInstall one with \`npm install -g @anthropic-ai/claude-code@latest\`, or name one in claude.command.`,
  );
}

interface Candidate {
  readonly path: string | undefined;
  readonly source: string;
  /** What to say where there is no path. */
  readonly missing: string;
}

function candidates(options: FindCliOptions): Candidate[] {
  const { command, environment } = options;
  if (command !== undefined) {
    const where = isPath(command) ? 'is no file that can be executed' : 'is not on the PATH';
    return [{ path: onPath(command, environment), source: 'claude.command', missing: `'${command}' ${where}` }];
  }
  return [
    { path: onPath('claude', environment), source: 'PATH', missing: 'there is no `claude`' },
    ...installedPackage().map((path) => ({ path, source: 'the installed package', missing: 'not found' })),
  ];
}

function onPath(command: string, environment: FindCliOptions['environment']): string | undefined {
  if (isPath(command)) return executable(command);
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

function isPath(command: string): boolean {
  return /[\\/]/.test(command);
}

function executable(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return resolve(path);
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
