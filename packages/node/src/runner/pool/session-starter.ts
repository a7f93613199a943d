import { GatewayError, type Logger, type Message } from '@claude-code-api/gateway';
import { isText } from '../session/cli-lines.ts';
import type { Session } from '../session/session.ts';
import type { CliProcess } from '../process/cli-process.ts';
import { guardProcess } from '../process/guard-process.ts';
import type { PreparedTurn } from '@claude-code-api/gateway/messages-api';
import type { FindOpeningNotes } from './opening-notes.ts';
import type { ResumedHistory } from './resume-process.ts';
import { withRequestId } from '../process/with-request-id.ts';

export interface SessionStarterOptions {
  /** Where a process for a new conversation comes from. */
  readonly take: (turn: PreparedTurn) => CliProcess;
  /** Starts a process that already holds the earlier messages. */
  readonly resume: (history: ResumedHistory, turn: PreparedTurn) => Promise<CliProcess>;
  /** Puts a process in the service of a conversation. */
  readonly create: (cli: CliProcess) => Session;
  /** What the CLI says of itself in each conversation. Absent: nothing. */
  readonly notes?: FindOpeningNotes | undefined;
  readonly logger: Logger;
}

export interface SessionStarter {
  /**
   * Gives a process the turn's system prompt, model, parameters and earlier messages. An abort ends it.
   *
   * @throws {CliProcessError} When the process fails on the way.
   */
  start(turn: PreparedTurn, signal: AbortSignal): Promise<Session>;
  /** How earlier messages reach a process: over the protocol, or by a file where this CLI does not take them so. */
  readonly historyMode: 'protocol' | 'transcript';
}

/** What takes longer over the protocol, in milliseconds, is given by file, which takes a start of the CLI, however many messages there are. */
const mostAppendedMs = 1000;
/** What the CLI takes for a message that it takes at once, and for one that costs it a turn. */
const atOnceMs = 0.25;
const byTurnMs = 5;

export function createSessionStarter(options: SessionStarterOptions): SessionStarter {
  let historyMode: SessionStarter['historyMode'] = 'protocol';

  function open(cli: CliProcess, turn: PreparedTurn, signal: AbortSignal): Promise<Session> {
    const session = options.create(cli);
    return guardProcess(session, signal, async () => {
      await session.open(turn);
      return session;
    });
  }

  return {
    get historyMode() {
      return historyMode;
    },
    async start(turn, signal) {
      const earlier = turn.messages.at(-1)?.role === 'user' ? turn.messages.slice(0, -1) : turn.messages;
      const answered = earlier.findLastIndex(isAnswer) + 1;
      const settled = earlier.findLastIndex((message) => isAnswer(message) || hasResults(message)) + 1;
      // Asked at once, so that it is known by the time that it is of use.
      const finding = options.notes?.(turn.model);
      // The CLI adds an answer of its own to a transcript that has none.
      const notes = settled === 0 ? undefined : await finding;
      const isLong = appendMs(earlier.slice(0, settled)) > mostAppendedMs;
      const byFile = historyMode === 'transcript' ? earlier.length : isLong || notes !== undefined ? settled : 0;
      // The CLI leaves out calls that a transcript does not answer.
      if (historyMode === 'transcript' && answered < earlier.length) throw noResults();
      const cli =
        byFile === 0 ? options.take(turn) : await options.resume({ messages: earlier.slice(0, byFile), model: turn.model, notes }, turn);
      const session = await open(cli, turn, signal);
      if (await guardProcess(session, signal, () => session.append(earlier.slice(byFile)))) return session;
      void session.stop();
      historyMode = 'transcript';
      withRequestId(options.logger, turn.requestId).warn(
        {},
        'this Claude Code CLI does not take earlier messages over its protocol: they are given by file from now on, which is slower',
      );
      return this.start(turn, signal);
    },
  };
}

function appendMs(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + (message.role === 'assistant' || isText(message) ? atOnceMs : byTurnMs), 0);
}

/** What Claude has said without a call that waits for a result. */
function isAnswer({ role, content }: Message): boolean {
  return role === 'assistant' && content.every((block) => block.type !== 'tool_use');
}

function hasResults({ content }: Message): boolean {
  return content.some((block) => block.type === 'tool_result');
}

function noResults(): GatewayError {
  return new GatewayError(
    'The version of Claude Code on this server does not take tool results for calls that it has not made itself. Its operator can install another version.',
    { status: 500, code: 'tool_results_unsupported', shouldRetry: false },
  );
}
