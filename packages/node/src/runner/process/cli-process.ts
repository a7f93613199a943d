import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Logger } from '@claude-code-api/gateway';
import { withRequestId } from './with-request-id.ts';
import { CliProcessError } from './cli-process-error.ts';
import type { CliMessage, ModelsTold } from './cli-message.ts';
import { killProcessGroup } from './kill-processes.ts';
import { createLineSplitter } from './line-splitter.ts';
import { parseCliMessage } from './parse-cli-message.ts';

export interface CliProcessOptions {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** The longest line that is read; a longer one ends the process. */
  readonly maxLineBytes: number;
  /** The longest that a control request waits for its answer. */
  readonly controlTimeoutMs: number;
  readonly watcher: ProcessWatcher;
  readonly logger: Logger;
}

/** Is told how a process does. */
export interface ProcessWatcher {
  /** It has answered for the first time. */
  onUp(): void;
  /** It tells of the models that it has asked. */
  onModels?(models: ModelsTold): void;
  /** It did not start, ended, broke the protocol or did not answer, and nobody had stopped it. */
  onFailure(failure: CliProcessError): void;
}

/** A control request, for instance `{ subtype: 'interrupt' }`. */
export interface ControlRequest {
  readonly subtype: string;
  readonly [key: string]: unknown;
}

/** A running CLI that is spoken to in its stream-json protocol. */
export interface CliProcess {
  readonly pid: number | undefined;
  /** By `performance.now()`. */
  readonly startedAt: number;
  /** The request that it works for, for the log. */
  requestId: string | undefined;
  /** Resolves once the process has ended, whatever the reason. */
  readonly ended: Promise<void>;
  /** Why the process is of no use any more; undefined while it runs. */
  readonly failure: CliProcessError | undefined;
  /** Writes one line. Nothing happens when the process has ended: `ended` and `failure` tell. */
  send(line: object): void;
  /** @throws {CliProcessError} When the CLI refuses, ends, or does not answer in time. */
  control(request: ControlRequest): Promise<unknown>;
  /** Is told of messages and of the end. There is one at a time. */
  listener: CliListener | undefined;
  /** What it still does for itself; whoever takes it waits for that. Never rejects. */
  busy: Promise<void> | undefined;
  /** Reads nothing more until `resume`; the CLI waits once the pipe is full. */
  pause(): void;
  resume(): void;
  /** Ends the process and everything it has started: politely first, by force after a second. */
  stop(): Promise<void>;
  /** Ends it by force, at once. */
  kill(): void;
}

export interface CliListener {
  onMessage(message: CliMessage): void;
  onEnd(failure: CliProcessError): void;
}

const stderrTailCharacters = 4096;
const politeExitMs = 1000;

interface PendingControl {
  readonly resolve: (response: unknown) => void;
  readonly reject: (error: CliProcessError) => void;
  readonly timer: NodeJS.Timeout;
}

/** Starts the CLI. A command that can't be started shows as an ended process, never as a throw. */
export function startCliProcess(options: CliProcessOptions): CliProcess {
  const { watcher } = options;
  // A process that can't be started for want of file handles has no pipes.
  const child: ChildProcess = spawn(options.command, [...options.arguments], {
    cwd: options.workingDirectory,
    env: { ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const pending = new Map<string, PendingControl>();
  const lines = createLineSplitter(options.maxLineBytes);
  let stderrTail = '';
  let failure: CliProcessError | undefined;
  let listener: CliListener | undefined;
  let isUp = false;

  function log(): Logger {
    return withRequestId(options.logger, cli.requestId);
  }

  function fail(reason: CliProcessError): void {
    if (failure !== undefined) return;
    failure = reason;
    for (const [, waiting] of pending) {
      clearTimeout(waiting.timer);
      waiting.reject(reason);
    }
    pending.clear();
    listener?.onEnd(reason);
  }

  function failByItself(reason: CliProcessError): void {
    if (failure === undefined) watcher.onFailure(reason);
    fail(reason);
  }

  function onMessage(message: CliMessage): void {
    if (message.type === 'result' && message.modelUsage !== undefined) watcher.onModels?.(message.modelUsage);
    if (message.type !== 'control_response') return listener?.onMessage(message);
    if (!isUp) watcher.onUp();
    isUp = true;
    const waiting = pending.get(message.response.request_id);
    if (waiting === undefined) return;
    pending.delete(message.response.request_id);
    clearTimeout(waiting.timer);
    if (message.response.subtype === 'success') waiting.resolve(message.response.response);
    else
      waiting.reject(new CliProcessError('refused', `the CLI refused a control request: ${message.response.error ?? 'no reason given'}`));
  }

  function onData(chunk: Buffer): void {
    if (failure !== undefined) return;
    try {
      for (const line of lines.push(chunk)) {
        const message = line === '' ? undefined : parseCliMessage(line);
        if (message !== undefined) onMessage(message);
      }
    } catch (error) {
      log().error({ pid: child.pid, error }, 'the CLI wrote something that is not its protocol');
      failByItself(new CliProcessError('protocol', 'the CLI wrote something that is not its protocol'));
      killProcessGroup(child, 'SIGKILL');
    }
  }

  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      failByItself(new CliProcessError('start', `the CLI can't be started: ${error.message}`));
      if (child.pid === undefined) resolve();
    });
    child.once('exit', (code, signal) => {
      if (failure === undefined) log()[code === 0 ? 'debug' : 'warn']({ pid: child.pid, code, signal, stderrTail }, 'the CLI has ended');
      failByItself(new CliProcessError('ended', `the CLI ended (${signal ?? `exit code ${code}`})`));
      destroyStreams(child);
      resolve();
    });
  });
  child.stdout?.on('data', onData);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderrTail = (stderrTail + text).slice(-stderrTailCharacters);
  });
  // A broken pipe shows as the end of the process.
  child.stdin?.on('error', () => {});

  const cli: CliProcess = {
    pid: child.pid,
    ended,
    startedAt: performance.now(),
    requestId: undefined,
    busy: undefined,
    get failure() {
      return failure;
    },
    get listener() {
      return listener;
    },
    set listener(next) {
      listener = next;
    },
    send(line) {
      if (failure === undefined) child.stdin?.write(`${JSON.stringify(line)}\n`);
    },
    control(request) {
      if (failure !== undefined) return Promise.reject(failure);
      const requestId = randomUUID();
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          pending.delete(requestId);
          const seconds = options.controlTimeoutMs / 1000;
          const late = new CliProcessError('timeout', `the CLI did not answer a control request within ${seconds} seconds`);
          watcher.onFailure(late);
          reject(late);
        }, options.controlTimeoutMs);
        pending.set(requestId, { resolve, reject, timer });
        this.send({ type: 'control_request', request_id: requestId, request });
      });
    },
    pause: () => void child.stdout?.pause(),
    resume: () => void child.stdout?.resume(),
    async stop() {
      fail(new CliProcessError('ended', 'the CLI was stopped'));
      killProcessGroup(child, 'SIGTERM');
      const force = setTimeout(() => killProcessGroup(child, 'SIGKILL'), politeExitMs);
      await ended;
      clearTimeout(force);
      // What it has started may outlive it.
      killProcessGroup(child, 'SIGKILL');
    },
    kill() {
      fail(new CliProcessError('ended', 'the CLI was stopped'));
      killProcessGroup(child, 'SIGKILL');
    },
  };
  return cli;
}

/** An inherited pipe may stay open in a grandchild: nothing more of it is read. */
function destroyStreams(child: ChildProcess): void {
  child.stdin?.destroy();
  child.stdout?.destroy();
  child.stderr?.destroy();
}
