import type { Logger, Message } from '@claude-code-api/gateway';
import { createCliConversation, type CliConversation, type CliConversationOptions } from './cli-conversation.ts';
import type { CliLauncher } from './cli-launcher.ts';
import type { CliProcess } from './cli-process.ts';
import { guardProcess } from './guard-process.ts';
import type { PreparedTurn } from './prepare-turn.ts';

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
  start(turn: PreparedTurn, signal: AbortSignal): Promise<CliConversation>;
  /** How earlier messages reach a process: over the protocol, or by a file where this CLI does not take them so. */
  readonly historyMode: 'protocol' | 'transcript';
}

/** An answer that the CLI does not send; without one at the end it would put in words of its own. */
const placeholder: Message = { role: 'assistant', content: [{ type: 'text', text: '(no content)' }] };

export function createConversationStarter(options: ConversationStarterOptions): ConversationStarter {
  let historyMode: ConversationStarter['historyMode'] = 'protocol';

  function open(cli: CliProcess, turn: PreparedTurn, signal: AbortSignal, holdsQuestion = false): Promise<CliConversation> {
    const conversation = createCliConversation(cli, { ...options.conversation, holdsQuestion });
    return guardProcess(conversation, signal, async () => {
      await conversation.open(turn);
      return conversation;
    });
  }

  return {
    get historyMode() {
      return historyMode;
    },
    async start(turn, signal) {
      const earlier = turn.messages.at(-1)?.role === 'user' ? turn.messages.slice(0, -1) : turn.messages;
      if (historyMode === 'protocol' || earlier.length === 0) {
        const conversation = await open(options.take(), turn, signal);
        if (await guardProcess(conversation, signal, () => conversation.append(earlier))) return conversation;
        void conversation.stop();
        historyMode = 'transcript';
        options.logger.warn(
          {},
          'this Claude Code CLI does not take earlier messages over its protocol: they are given by file from now on, which is slower',
        );
      }
      // Calls that a transcript leaves open are answered by the CLI itself: then their results are in it too.
      const isWhole = earlier.at(-1)?.content.some((block) => block.type === 'tool_use') === true;
      const cli = await options.launcher.resume(isWhole ? [...turn.messages, placeholder] : earlier, turn.model);
      return open(cli, turn, signal, isWhole);
    },
  };
}
