import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childProcesses, killGroup } from '../cli/child-processes.ts';
import { shortLivedCli } from '../cli/short-lived-cli.ts';
import { until } from '../until.ts';
import { builtCommand } from './built-command.ts';

export interface CommandPlace {
  /** Where commands run, and their home. */
  readonly directory: string;
  /** Runs the command as it is installed, in a directory of its own. */
  run(parameters: readonly string[], options?: CommandOptions): Command;
  /**
   * The same, until it serves.
   *
   * @throws {Error} With what it said when it does not.
   */
  serve(parameters: readonly string[], options?: CommandOptions): Promise<ServingCommand>;
  /** What commands have left in the place for temporary files. */
  leftFiles(): string[];
  /** Ends all commands and removes all files. */
  remove(): Promise<void>;
}

export interface CommandOptions {
  /** Arguments of Node itself, before the command. */
  readonly nodeArguments?: readonly string[];
  /** More for its environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Command {
  readonly child: ChildProcess;
  readonly output: { readonly stdout: string; readonly stderr: string };
  /** Resolves with the exit code, once all that it said is there; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** The processes that it has started and that run now. */
  readonly startedPids: () => number[];
}

export interface ServingCommand extends Command {
  readonly url: string;
}

/**
 * Makes a place to run the real command in, with a mock of Anthropic's API behind it.
 *
 * @param forClis More for the environment. Default: for CLIs that live shortly.
 */
export function createCommandPlace(mockUrl: string, forClis: Readonly<Record<string, string>> = shortLivedCli): CommandPlace {
  const bin = builtCommand();
  const directory = mkdtempSync(join(tmpdir(), 'command-'));
  const temporary = mkdtempSync(join(directory, 'tmp-'));
  const commands: Command[] = [];

  function run(parameters: readonly string[], { nodeArguments = [], environment = {} }: CommandOptions = {}): Command {
    const child = spawn(process.execPath, [...nodeArguments, bin, ...parameters], {
      cwd: directory,
      env: {
        ...forClis,
        PATH: process.env['PATH'],
        HOME: directory,
        TMPDIR: temporary,
        ANTHROPIC_API_KEY: 'sk-ant-test-key',
        ANTHROPIC_BASE_URL: mockUrl,
        ...environment,
      },
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => void (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (output.stderr += text));
    const ended = new Promise<number | null>((resolve) => void child.once('close', resolve));
    const command = { child, output, ended, startedPids: () => childProcesses(child.pid).map(({ pid }) => pid) };
    commands.push(command);
    return command;
  }

  return {
    directory,
    run,
    async serve(parameters, options) {
      const command = run(parameters, options);
      const { child, output } = command;
      await until(
        () => output.stdout.includes('curl') || child.exitCode !== null,
        () => `the welcome: ${JSON.stringify(output)}`,
        60_000,
      );
      const url = /http:\/\/[\d.]+:\d+/.exec(output.stdout)?.[0];
      if (url === undefined) throw new Error(`No address: ${JSON.stringify(output)}`);
      return { ...command, url };
    },
    leftFiles: () => readdirSync(temporary),
    async remove() {
      for (const { child, ended, startedPids } of commands) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const pids = startedPids();
        child.kill('SIGKILL');
        await ended;
        pids.forEach(killGroup);
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
