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

export interface CliLauncher {
  readonly login: CliLogin;
  readonly environment: Readonly<Record<string, string>>;
  /** @throws {CliProcessError} Once the launcher is closed. */
  start(): CliProcess;
  /** Starts a process that already holds earlier messages: exact as well, but cold, and by way of a file that goes with it. */
  resume(messages: readonly Message[], model: string): Promise<CliProcess>;
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
  const workingDirectory = directory('work');
  const transcripts = directory('transcripts');
  const running = new Set<CliProcess>();
  let closed = false;
  const login = loginOf(options.environment);
  const environment = cliEnvironment({
    environment: options.environment,
    login,
    temporaryDirectory: directory('tmp'),
    configDirectory: directory('config'),
    maxRetries: options.maxRetries,
  });

  function start(resumed?: { readonly file: string; readonly model: string }): CliProcess {
    // A turn that was between two processes when it all ended must not bring a third to life.
    if (closed) throw new CliProcessError('start', 'no more processes are started: the runner is closed');
    const cli = startCliProcess({
      command: options.cli.path,
      arguments: cliArguments(login, resumed?.file),
      // Set later than this, the model would leave a note among the messages.
      environment: resumed === undefined ? environment : { ...environment, ANTHROPIC_MODEL: resumed.model },
      workingDirectory,
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
    start: () => start(),
    async resume(messages, model) {
      const file = await writeTranscript(transcripts, messages);
      const cli = start({ file, model });
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
