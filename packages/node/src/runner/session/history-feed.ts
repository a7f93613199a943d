import { randomUUID } from 'node:crypto';
import type { Message } from '@claude-code-api/gateway';
import type { CliMessage } from '../process/cli-message.ts';
import { CliProcessError } from '../process/cli-process-error.ts';
import type { CliProcess } from '../process/cli-process.ts';
import { notBegun } from '../response/turn-failures.ts';
import { assistantLine, isText, saidLine, userLine } from './cli-lines.ts';

export interface HistoryFeedOptions {
  readonly cli: Pick<CliProcess, 'send' | 'failure'>;
  /** The longest wait for the CLI to take one message. */
  readonly timeoutMs: number;
  /** The longest wait for it to take all. */
  readonly totalTimeoutMs: number;
}

/** Gives a process what was said before. */
export interface HistoryFeed {
  /**
   * Appends earlier messages to the CLI's conversation, with their real roles. False when the CLI does not acknowledge those that
   * it takes at once: then what it will send is not known.
   *
   * @throws {CliProcessError} When the CLI ends, or takes too long for one message.
   * @throws {GatewayError} 504 when all of them take too long.
   */
  append(messages: readonly Message[]): Promise<boolean>;
  /** To be told what the CLI says meanwhile. */
  hear(message: CliMessage): void;
  /** To be told that it has ended. */
  fail(): void;
}

export function createHistoryFeed({ cli, timeoutMs, totalTimeoutMs }: HistoryFeedOptions): HistoryFeed {
  const unacknowledged = new Set<string>();
  let awaited: { readonly isCome: (message: CliMessage) => boolean; readonly finish: (came: boolean) => void } | undefined;

  /** Resolves with whether a message for which `isCome` is true came in time. */
  function until(isCome: (message: CliMessage) => boolean): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (came: boolean): void => {
        clearTimeout(timer);
        awaited = undefined;
        resolve(came);
      };
      const timer = setTimeout(() => finish(false), timeoutMs);
      awaited = { isCome, finish };
    });
  }

  function giveAtOnce(message: Message): void {
    const uuid = randomUUID();
    unacknowledged.add(uuid);
    cli.send(message.role === 'assistant' ? assistantLine(uuid, message) : saidLine(uuid, message));
  }

  return {
    async append(messages) {
      const endsAt = performance.now() + totalTimeoutMs;
      // By what was asked first the CLI names the conversation to the API, and it looks for that among real questions.
      const first = messages.find(({ role }) => role === 'user');
      for (const message of messages) {
        if (performance.now() > endsAt) throw notBegun(totalTimeoutMs);
        if (message.role === 'assistant' || (message !== first && isText(message))) {
          giveAtOnce(message);
          continue;
        }
        // User lines go through a queue of the CLI's, the others do not: so each user line is waited for.
        cli.send(userLine(message.content, false));
        const taken = await until((reply) => reply.type === 'result');
        if (!taken) throw cli.failure ?? new CliProcessError('timeout', 'the CLI did not take an earlier message');
      }
      if (unacknowledged.size === 0) return true;
      const acknowledged = await until(() => unacknowledged.size === 0);
      if (cli.failure !== undefined) throw cli.failure;
      return acknowledged;
    },

    hear(message) {
      if (message.type === 'assistant' && message.uuid !== undefined) unacknowledged.delete(message.uuid);
      if (awaited?.isCome(message) === true) awaited.finish(true);
    },

    fail: () => awaited?.finish(false),
  };
}
