import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger, Message } from '@claude-code-api/gateway';
import { cliArguments, cliEnvironment, loginOf, type CliLogin } from './cli-launch.ts';
import { CliProcessError } from './cli-process-error.ts';
import { startCliProcess, type CliProcess } from './cli-process.ts';
import type { CliInstallation } from './find-cli.ts';
import { writeTranscript } from './write-transcript.ts';

export interface CliLauncherOptions {
  readonly cli: CliInstallation;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly maxRetries: number;
  readonly maxLineBytes: number;
  readonly controlTimeoutMs: number;
  readonly logger: Logger;
}

/** How a process is started that is not a pure model. */
export interface Launch {
  readonly arguments: (resumeFile: string | undefined) => readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
}

export interface CliLauncher {
  readonly login: CliLogin;
  readonly environment: Readonly<Record<string, string>>;
  /** @throws {CliProcessError} Once the launcher is closed. */
  start(launch?: Launch): CliProcess;
  /** Starts a process that already holds earlier messages: exact as well, but cold, and by way of a file that goes with it. */
  resume(messages: readonly Message[], model: string, launch?: Launch): Promise<CliProcess>;
  /** A private place on disk, removed at the end: the files in `secretsDirectory` are for CLIs alone. */
  readonly root: string;
  readonly secretsDirectory: string;
  /** What nobody but the gateway and the CLI itself may read, as absolute paths. */
  readonly privatePaths: readonly string[];
  /** Ends every process that was started and removes everything that was on disk. */
  close(): Promise<void>;
}

/** Starts CLIs that share a private place on disk: an empty working directory, and their own files. */
export function createCliLauncher(options: CliLauncherOptions): CliLauncher {
  const root = mkdtempSync(join(tmpdir(), 'claude-code-api-'));
  const directory = (name: string): string => {
    const path = join(root, name);
    mkdirSync(path, { mode: 0o700 });
    return path;
  };
  const transcripts = directory('transcripts');
  const configDirectory = directory('config');
  const secretsDirectory = directory('secrets');
  const running = new Set<CliProcess>();
  let closed = false;
  const login = loginOf(options.environment);
  const environment = cliEnvironment({
    environment: options.environment,
    login,
    temporaryDirectory: directory('tmp'),
    configDirectory,
    maxRetries: options.maxRetries,
  });
  const pureModel: Launch = {
    arguments: (resumeFile) => cliArguments(login, resumeFile),
    environment,
    workingDirectory: directory('work'),
  };

  function start(launch: Launch = pureModel, resumed?: { readonly file: string; readonly model: string }): CliProcess {
    // A turn that was between two processes when it all ended must not bring a third to life.
    if (closed) throw new CliProcessError('start', 'no more processes are started: the runner is closed');
    const cli = startCliProcess({
      command: options.cli.path,
      arguments: launch.arguments(resumed?.file),
      // Set later than this, the model would leave a note among the messages.
      environment: resumed === undefined ? launch.environment : { ...launch.environment, ANTHROPIC_MODEL: resumed.model },
      workingDirectory: launch.workingDirectory,
      maxLineBytes: options.maxLineBytes,
      controlTimeoutMs: options.controlTimeoutMs,
      logger: options.logger,
    });
    running.add(cli);
    void cli.ended.then(() => running.delete(cli));
    return cli;
  }

  return {
    login,
    environment,
    root,
    secretsDirectory,
    privatePaths: [transcripts, configDirectory, secretsDirectory],
    start: (launch) => start(launch),
    async resume(messages, model, launch) {
      const file = await writeTranscript(transcripts, messages);
      const cli = start(launch, { file, model });
      void cli.ended.then(() => rm(file, { force: true }));
      return cli;
    },
    async close() {
      closed = true;
      await Promise.all([...running].map((cli) => cli.stop()));
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
