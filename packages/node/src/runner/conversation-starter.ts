import type { Logger, Turn } from '@claude-code-api/gateway';
import { createCliConversation, type CliConversation, type CliConversationOptions } from './cli-conversation.ts';
import type { CliLauncher } from './cli-launcher.ts';
import type { CliProcess } from './cli-process.ts';

export interface ConversationStarterOptions {
  readonly launcher: CliLauncher;
  /** Where a process for a new conversation comes from. */
  readonly take: () => CliProcess;
  readonly conversation: CliConversationOptions;
  readonly logger: Logger;
}

export interface ConversationStarter {
  /**
   * Gives a process the turn's system prompt, model, parameters and earlier messages. An abort ends it.
   *
   * @throws {CliProcessError} When the process fails on the way.
   */
  start(turn: Turn, signal: AbortSignal): Promise<CliConversation>;
  /** How earlier messages reach a process: over the protocol, or by a file where this CLI does not take them so. */
  readonly historyMode: 'protocol' | 'transcript';
}

export function createConversationStarter(options: ConversationStarterOptions): ConversationStarter {
  let historyMode: ConversationStarter['historyMode'] = 'protocol';

  async function open(
    cli: CliProcess,
    turn: Turn,
    signal: AbortSignal,
    fill: (conversation: CliConversation) => Promise<boolean>,
  ): Promise<CliConversation | undefined> {
    const conversation = createCliConversation(cli, options.conversation);
    const onAbort = (): void => void conversation.stop();
    signal.addEventListener('abort', onAbort, { once: true });
    let good = false;
    try {
      await conversation.open(turn);
      good = await fill(conversation);
    } finally {
      signal.removeEventListener('abort', onAbort);
      if (!good) void conversation.stop();
    }
    return good ? conversation : undefined;
  }

  return {
    get historyMode() {
      return historyMode;
    },
    async start(turn, signal) {
      const earlier = turn.messages.at(-1)?.role === 'user' ? turn.messages.slice(0, -1) : turn.messages;
      if (historyMode === 'protocol' || earlier.length === 0) {
        const conversation = await open(options.take(), turn, signal, (opened) => opened.append(earlier));
        if (conversation !== undefined) return conversation;
        historyMode = 'transcript';
        options.logger.warn(
          {},
          'this Claude Code CLI does not take earlier messages over its protocol: they are given by file from now on, which is slower',
        );
      }
      const cli = await options.launcher.resume(earlier);
      const resumed = await open(cli, turn, signal, () => Promise.resolve(true));
      if (resumed === undefined) throw new Error('A resumed conversation is always good.');
      return resumed;
    },
  };
}
