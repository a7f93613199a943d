import { bareId, systemText, type ContentBlock, type Message, type TurnEvent, type TurnSpending } from '@claude-code-api/gateway';
import { userLine } from './cli-lines.ts';
import type { CliListener, CliProcess } from '../process/cli-process.ts';
import { guardProcess } from '../process/guard-process.ts';
import type { ModelPrice } from '../models/model-price.ts';
import type { PreparedTurn } from '../request/prepare-turn.ts';
import { toFlagSettings } from '../request/to-flag-settings.ts';
import { createTurnReader, type TurnReader } from '../response/turn-reader.ts';
import { appendHistory } from './append-history.ts';
import { createClientTools, type ClientTools } from './client-tools.ts';
import { fitsRest } from './fits-rest.ts';
import { followTurn } from './follow-turn.ts';
import { lastUserContent } from './prepare-history.ts';
import { restWhenEnded, restWhileCalling, type Rest } from './rest-after-turn.ts';

export interface CliConversationOptions {
  /** The longest wait for the model to begin its answer, and before it for the CLI to take what was said before. */
  readonly firstEventTimeoutMs: number;
  /** The longest wait for the CLI to take one message. */
  readonly historyTimeoutMs: number;
  /** What a model costs; undefined where that is not known. */
  readonly priceOf: (model: string) => ModelPrice | undefined;
  /** Whether the CLI itself asks upstream again. */
  readonly cliRetries: boolean;
  /** Called when it does. */
  readonly onRetry: () => void;
}

/** One process in the service of one conversation. */
export interface CliConversation {
  readonly pid: number | undefined;
  /** Gives the process its system prompt, tools, model and parameters. Once, before anything else. */
  open(turn: PreparedTurn): Promise<void>;
  /** See `appendHistory`; when it gives false, the process must go. */
  append(messages: readonly Message[]): Promise<boolean>;
  /**
   * Asks the turn's last message and gives what Claude says. Aborting, or leaving the iteration early, ends the process.
   *
   * @throws {CliProcessError} When the process failed before the model began to answer: another may try.
   * @throws {GatewayError} When the turn failed.
   */
  ask(turn: PreparedTurn, signal: AbortSignal, spending?: TurnSpending): AsyncIterable<TurnEvent>;
  /** What Claude said in the last turn, all of it, thinking included. */
  readonly answer: readonly ContentBlock[];
  /** Whether the process is of no more use. */
  readonly isOver: boolean;
  /** Whether this turn can follow here; waits for the CLI to have ended the last one. */
  accepts(turn: PreparedTurn): Promise<boolean>;
  stop(): Promise<void>;
}

export function createCliConversation(cli: CliProcess, options: CliConversationOptions): CliConversation {
  let tools: ClientTools = createClientTools(cli, []);
  let toolNames: ReadonlySet<string> = new Set();
  let answer: readonly ContentBlock[] = [];
  let rest: Promise<Rest> = Promise.resolve('free');
  let settings = '';
  let onNotice = (): void => {};
  listen(ignoring);

  function listen(listener: CliListener): void {
    cli.listener = {
      onMessage(message) {
        onNotice();
        if (message.type === 'control_request') tools.handle(message);
        else if (message.type === 'user') tools.confirm(message.message.content.map((block) => block.tool_use_id));
        else listener.onMessage(message);
      },
      onEnd: (failure) => listener.onEnd(failure),
    };
  }

  async function configure(turn: PreparedTurn): Promise<void> {
    const next = toFlagSettings(turn);
    const text = JSON.stringify(next);
    if (text === settings) return;
    settings = text;
    await cli.control({ subtype: 'apply_flag_settings', settings: next });
  }

  function restAfter(reader: TurnReader): Promise<Rest> {
    if (reader.outcome === 'complete') return restWhenEnded(cli, listen, options.historyTimeoutMs);
    if (reader.outcome === 'runaway') {
      listen(ignoring);
      cli.kill();
      return Promise.resolve('spent');
    }
    const calls = new Set(reader.answer.flatMap((block) => (block.type === 'tool_use' ? [bareId(block.id)] : [])));
    return Promise.resolve(restWhileCalling(cli, listen, calls));
  }

  return {
    pid: cli.pid,

    get answer() {
      return answer;
    },

    async open(turn) {
      cli.requestId = turn.requestId;
      tools = createClientTools(cli, turn.tools);
      toolNames = new Set(turn.tools.map((tool) => tool.name));
      const system = systemText(turn.system);
      const systemPrompt = system === '' ? [] : [system];
      await Promise.all([cli.control({ subtype: 'initialize', systemPrompt, ...tools.initialize }), configure(turn)]);
    },

    append: (messages) =>
      appendHistory(messages, { cli, listen, timeoutMs: options.historyTimeoutMs, totalTimeoutMs: options.firstEventTimeoutMs }),

    async *ask(turn, signal, spending) {
      cli.requestId = turn.requestId;
      const before = await guardProcess(cli, signal, async () => {
        const now = await rest;
        await configure(turn);
        if (cli.failure !== undefined) throw cli.failure;
        return now;
      });
      const { model, answerTool, endsAt } = turn;
      const reader = createTurnReader({
        ...options,
        model,
        toolNames,
        answerTool,
        onUsage: spending && ((usage, costUsd) => spending.used(usage, costUsd)),
      });
      // An end that nobody has read, since they left before, gives the process to nobody.
      let isEndRead = false;
      const followed = followTurn({
        ...options,
        reader,
        model,
        endsAt,
        signal,
        holdsCalls: true,
        cli,
        noticeTimeoutMs: options.historyTimeoutMs,
        onTurnEnd() {
          answer = reader.answer;
          rest = restAfter(reader);
        },
      });
      onNotice = followed.notice;
      listen(followed.listener);
      const content = lastUserContent(turn);
      if (before === 'free') cli.send(userLine(content, true));
      else tools.answer(content.filter((block) => block.type === 'tool_result'));
      spending?.sent();
      try {
        for await (const event of followed.events) {
          isEndRead = event.type === 'turn-end';
          yield event;
        }
      } finally {
        followed.release();
        onNotice = () => {};
        cli.requestId = undefined;
        if (!isEndRead) {
          listen(ignoring);
          void cli.stop();
        }
      }
    },

    get isOver() {
      return cli.failure !== undefined;
    },

    async accepts(turn) {
      const now = await rest;
      return cli.failure === undefined && fitsRest(now, lastUserContent(turn));
    },

    stop: () => cli.stop(),
  };
}

const ignoring: CliListener = { onMessage: () => {}, onEnd: () => {} };
