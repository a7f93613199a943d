import { mkdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@claude-code-api/gateway';
import type { RunnerInsight } from './runner-insight.ts';
import { type CliLogin, readStoredLogin, writeLoginHelpers } from '../cli/cli-login.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import { cliEnvironment, pinnedModels } from './cli-environment.ts';
import type { ModelsTold } from './cli-message.ts';
import { CliProcessError } from './cli-process-error.ts';
import { startCliProcess, type CliProcess } from './cli-process.ts';
import { killMarked, markVariable } from './kill-processes.ts';
import { makePrivateDirectory } from './private-directory.ts';

export interface CliLauncherOptions {
  /** Its path may change while the launcher is in use. */
  readonly cli: { readonly path: string };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Names of variables of that which a CLI sees too. */
  readonly moreVariables?: readonly string[] | undefined;
  /** The full name of the model that `sonnet`, `opus` or `haiku` stands for; undefined where that is not known. Default: of none. */
  readonly fullName?: (alias: string) => string | undefined;
  /** The directory in which its private place is made. */
  readonly privateParent: string;
  readonly maxRetries: number;
  readonly maxLineBytes: number;
  readonly controlTimeoutMs: number;
  /** Called when a CLI tells of the models that it has asked. */
  readonly onModels?: (models: ModelsTold) => void;
  /** Called when the CLI can't be started at all. */
  readonly onNoStart?: () => void;
  readonly insight?: RunnerInsight | undefined;
  readonly logger: Logger;
}

/** How a process is started. */
export interface Launch {
  readonly arguments: (resumeFile: string | undefined) => readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** What stops it from being started again and again; others start all the same. */
  readonly breaker: CircuitBreaker;
  /** Whether it may run commands, which outlive it when it is killed. */
  readonly runsCommands: boolean;
  /** Called once the process has ended, with all that it started. */
  readonly onGone?: () => Promise<void>;
}

/** What a process holds from its start. */
export interface ResumedSession {
  /** A transcript. */
  readonly file: string;
  readonly model: string;
}

export interface CliLauncher {
  readonly login: CliLogin;
  readonly environment: Readonly<Record<string, string>>;
  /** Settings that name the commands that bring the login, where it has such. */
  readonly loginHelpers: Readonly<Record<string, string>>;
  /** The arguments that name these to a CLI without settings of its own. */
  readonly loginArguments: readonly string[];
  /** Where the operator has their own files of Claude Code; undefined for the CLI's usual place. */
  readonly operatorConfigDirectory: string | undefined;
  /**
   * @throws {CliProcessError} Once the launcher is closed.
   * @throws {GatewayError} While no process is to be started, since none has come up.
   */
  start(launch: Launch, resumed?: ResumedSession): CliProcess;
  /** How many processes run. */
  readonly running: number;
  /** A private place on disk, removed at the end: the files in `secretsDirectory` are for CLIs alone. */
  readonly root: string;
  readonly secretsDirectory: string;
  /** For what was said before, where a process is given that by file. */
  readonly transcriptsDirectory: string;
  /** An empty one, for whoever needs none of their own. */
  readonly workingDirectory: string;
  /** What nobody but the gateway and the CLI itself may read, as absolute paths. */
  readonly privatePaths: readonly string[];
  /** Where CLIs have their own files that need nothing stored to log in. */
  readonly configDirectory: string;
  /** Ends every process that was started and removes everything that was on disk. */
  close(): Promise<void>;
}

/** Starts CLIs that share a private place on disk: an empty working directory, and their own files. */
export function createCliLauncher(options: CliLauncherOptions): CliLauncher {
  const root = makePrivateDirectory(options.privateParent);
  const directory = (name: string): string => {
    const path = join(root, name);
    mkdirSync(path, { mode: 0o700 });
    return path;
  };
  const transcriptsDirectory = directory('transcripts');
  const configDirectory = directory('config');
  const secretsDirectory = directory('secrets');
  const { insight } = options;
  const running = new Set<CliProcess>();
  let starts = 0;
  let closed = false;
  const { login, environment: given, helpers } = readStoredLogin(options.environment);
  const environment = cliEnvironment({
    environment: given,
    login,
    more: options.moreVariables ?? [],
    temporaryDirectory: directory('tmp'),
    configDirectory,
    maxRetries: options.maxRetries,
  });
  const loginArguments = writeLoginHelpers(configDirectory, helpers);
  const workingDirectory = directory('work');

  function start(launch: Launch, resumed?: ResumedSession): CliProcess {
    // A turn that was between two processes when it all ended must not bring a third to life.
    if (closed) throw new CliProcessError('start', 'no more processes are started: the runner is closed');
    const attempt = launch.breaker.enter();
    starts += 1;
    const mark = `${root}#${starts};`;
    // Set later than this, the model would leave a note among the messages.
    const pinned = login === 'cloud' && options.fullName !== undefined ? pinnedModels(options.fullName) : {};
    const own = { ...pinned, ...launch.environment, ...(resumed !== undefined && { ANTHROPIC_MODEL: resumed.model }) };
    const cli = startCliProcess({
      command: options.cli.path,
      arguments: launch.arguments(resumed?.file),
      environment: { ...own, [markVariable]: mark },
      workingDirectory: launch.workingDirectory,
      maxLineBytes: options.maxLineBytes,
      controlTimeoutMs: options.controlTimeoutMs,
      watcher: {
        onUp: () => attempt.succeeded(),
        onModels: (models) => options.onModels?.(models),
        onFailure(failure) {
          attempt.failed(failure.message);
          insight?.processFailed(failure.kind);
          if (failure.kind === 'start') options.onNoStart?.();
        },
      },
      logger: options.logger,
    });
    insight?.processStarted();
    running.add(cli);
    void settle();
    return cli;

    async function settle(): Promise<void> {
      await cli.ended;
      attempt.abandoned();
      running.delete(cli);
      await removeSessionOf(cli);
      // A CLI that was killed has not ended the commands that it ran.
      if (launch.runsCommands) killMarked(mark);
      await launch.onGone?.();
    }
  }

  /** The CLI notes each of its processes in a file, which one that is killed leaves. */
  async function removeSessionOf({ pid }: CliProcess): Promise<void> {
    try {
      await rm(join(configDirectory, 'sessions', `${pid}.json`), { force: true });
    } catch {
      // It goes with the directory.
    }
  }

  /** The process ends without a `close`: nobody is to outlive it, and nothing waits any more. */
  function onExit(): void {
    for (const cli of running) cli.kill();
    killMarked(`${root}#`);
    rmSync(root, { recursive: true, force: true });
  }
  process.on('exit', onExit);

  return {
    login,
    environment,
    loginHelpers: helpers,
    loginArguments,
    operatorConfigDirectory: given['CLAUDE_CONFIG_DIR'],
    get running() {
      return running.size;
    },
    root,
    secretsDirectory,
    transcriptsDirectory,
    workingDirectory,
    privatePaths: [transcriptsDirectory, secretsDirectory],
    configDirectory,
    start,
    async close() {
      closed = true;
      await Promise.all([...running].map((cli) => cli.stop()));
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
      process.off('exit', onExit);
    },
  };
}
