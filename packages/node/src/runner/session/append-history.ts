import { randomUUID } from 'node:crypto';
import type { Message } from '@claude-code-api/gateway';
import { assistantLine, userLine } from './cli-lines.ts';
import type { CliMessage } from '../process/cli-message.ts';
import { CliProcessError } from '../process/cli-process-error.ts';
import type { CliListener, CliProcess } from '../process/cli-process.ts';
import { notBegun } from '../response/turn-failures.ts';

export interface AppendHistoryOptions {
  readonly cli: CliProcess;
  /** Directs what the CLI says to a listener. */
  readonly listen: (listener: CliListener) => void;
  /** The longest wait for the CLI to take one message. */
  readonly timeoutMs: number;
  /** The longest wait for it to take all. */
  readonly totalTimeoutMs: number;
}

/**
 * Appends earlier messages to a CLI's conversation, with their real roles. False when the CLI does not acknowledge the
 * assistant's: then what it will send is not known.
 *
 * @throws {CliProcessError} When the CLI ends, or takes too long for one message.
 * @throws {GatewayError} 504 when all of them take too long.
 */
export async function appendHistory(messages: readonly Message[], options: AppendHistoryOptions): Promise<boolean> {
  const { cli, listen, timeoutMs, totalTimeoutMs } = options;
  const endsAt = performance.now() + totalTimeoutMs;
  const unacknowledged = new Set<string>();

  /** Resolves with whether a message for which `done` is true came in time. */
  function until(done: (message: CliMessage) => boolean): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      const finish = (came: boolean): void => {
        clearTimeout(timer);
        resolve(came);
      };
      listen({
        onMessage(message) {
          if (message.type === 'assistant' && message.uuid !== undefined) unacknowledged.delete(message.uuid);
          if (done(message)) finish(true);
        },
        onEnd: () => finish(false),
      });
    });
  }

  for (const message of messages) {
    if (performance.now() > endsAt) throw notBegun(totalTimeoutMs);
    if (message.role === 'assistant') {
      const uuid = randomUUID();
      unacknowledged.add(uuid);
      cli.send(assistantLine(uuid, message));
      continue;
    }
    // User lines go through a queue of the CLI's, assistant lines do not: so each user line is waited for.
    cli.send(userLine(message.content, false));
    const taken = await until((reply) => reply.type === 'result');
    if (!taken) throw cli.failure ?? new CliProcessError('timeout', 'the CLI did not take an earlier message');
  }
  if (unacknowledged.size === 0) return true;
  const acknowledged = await until(() => unacknowledged.size === 0);
  if (cli.failure !== undefined) throw cli.failure;
  return acknowledged;
}
