import type { ContentBlock, Message, Tool, TurnEvent, TurnSpending } from '@claude-code-api/gateway';
import type { CliControlRequest } from '../process/cli-message.ts';
import type { CliProcess } from '../process/cli-process.ts';
import { guardProcess } from '../process/guard-process.ts';
import type { PreparedTurn } from '@claude-code-api/gateway/messages-api';
import { userLine } from './cli-lines.ts';
import { createClientTools } from './client-tools.ts';
import { fitsCalls } from './fits-calls.ts';
import { followTurn } from './follow-turn.ts';
import { createHistoryFeed } from './history-feed.ts';
import { lastUserContent } from './session-history.ts';
import { createSessionStates } from './session-state.ts';
import type { SessionWays } from './session-ways.ts';

export interface SessionOptions {
  /** The longest wait for the model to begin its answer, and before it for the CLI to take what was said before. */
  readonly firstEventTimeoutMs: number;
  /** The longest wait for the CLI to take one message. */
  readonly historyTimeoutMs: number;
  /** Called when the CLI asks upstream again. */
  readonly onRetry: () => void;
}

/** One process in the service of one conversation. */
export interface Session {
  readonly pid: number | undefined;
  /** When its process was started, by `performance.now()`. */
  readonly startedAt: number;
  /** Gives the process its system prompt, tools, model and parameters. Once, before anything else. */
  open(turn: PreparedTurn): Promise<void>;
  /** See `HistoryFeed`; when it gives false, the process must go. */
  append(messages: readonly Message[]): Promise<boolean>;
  /**
   * Asks the turn's last message and gives what Claude says, to be iterated. Aborting, or leaving the iteration early, ends the process.
   *
   * @throws {CliProcessError} When the process failed before the model began to answer: another may try.
   * @throws {GatewayError} When the turn failed.
   */
  ask(turn: PreparedTurn, signal: AbortSignal, spending?: TurnSpending): Promise<AsyncIterable<TurnEvent>>;
  /** What Claude said in the last turn, all of it, thinking included. */
  readonly answer: readonly ContentBlock[];
  /** Whether the process is of no more use. */
  readonly isOver: boolean;
  /** Whether this turn can follow here; waits for the CLI to have ended the last one. */
  accepts(turn: PreparedTurn): Promise<boolean>;
  stop(): Promise<void>;
}

/** What the CLI must know of for tools that were found to reach the model; that sees the caller's own list. */
const toolSearch: Tool = { name: 'ToolSearch', description: '', inputSchema: { type: 'object' }, strict: false };

function listedTools({ tools, searchesTools }: PreparedTurn): readonly Tool[] {
  const isListed = searchesTools !== true || tools.some(({ name }) => name === toolSearch.name);
  return isListed ? tools : [...tools, toolSearch];
}

/** @see `SessionState` for where it stands, and what it makes of what the CLI says then. */
export function createSession(cli: CliProcess, options: SessionOptions, ways: SessionWays): Session {
  let tools = createClientTools(cli, []);
  let answer: readonly ContentBlock[] = [];
  let settings = '';
  const history = createHistoryFeed({ cli, timeoutMs: options.historyTimeoutMs, totalTimeoutMs: options.firstEventTimeoutMs });
  const states = createSessionStates({ cli, history, singleTurn: ways.singleTurn, endTimeoutMs: options.historyTimeoutMs });

  function listen(): void {
    cli.listener = {
      onMessage(message) {
        states.notice();
        if (message.type === 'control_request') return answerRequest(message);
        if (message.type === 'user') tools.confirm(message.message.content.map((block) => block.tool_use_id));
        states.hear(message);
      },
      onEnd: (failure) => states.fail(failure),
    };
  }

  function answerRequest(request: CliControlRequest): void {
    const response = ways.answer(request, cli.requestId);
    if (response === undefined) return tools.handle(request);
    cli.send({ type: 'control_response', response: { subtype: 'success', request_id: request.request_id, response } });
  }

  async function configure(turn: PreparedTurn): Promise<void> {
    const next = await ways.settings(turn);
    const text = JSON.stringify(next);
    if (text === settings) return;
    settings = text;
    await cli.control({ subtype: 'apply_flag_settings', settings: next });
  }

  /** Asks the turn, or, where the CLI holds calls, gives it their results. */
  function say(turn: PreparedTurn, holdsCalls: boolean): void {
    const content = lastUserContent(turn);
    if (holdsCalls) tools.answer(content.filter((block) => block.type === 'tool_result'));
    else cli.send(userLine(content, true));
  }

  return {
    pid: cli.pid,
    startedAt: cli.startedAt,

    get answer() {
      return answer;
    },

    async open(turn) {
      cli.requestId = turn.requestId;
      await cli.busy;
      listen();
      tools = createClientTools(cli, listedTools(turn), { described: ways.hasOwnTools });
      const initialize = { subtype: 'initialize', ...ways.initialize(turn), ...tools.initialize };
      await Promise.all([cli.control(initialize), configure(turn)]);
      await ways.prepare();
    },

    append: (messages) => history.append(messages),

    async ask(turn, signal, spending) {
      cli.requestId = turn.requestId;
      await guardProcess(cli, signal, async () => {
        await states.settled;
        await configure(turn);
        if (cli.failure !== undefined) throw cli.failure;
      });
      const reader = ways.read(turn, spending);
      const holdsCalls = states.now.name === 'holding-calls';
      const followed = followTurn({
        ...{ reader, model: turn.model, endsAt: turn.endsAt, signal, cli },
        noticeTimeoutMs: options.historyTimeoutMs,
        firstEventTimeoutMs: options.firstEventTimeoutMs,
        isWorking: (reader.openCalls?.size ?? 0) > 0,
        holdsCalls: !ways.hasOwnTools,
        onInit: (init) => ways.onInit(init, turn.requestId),
        onRetry: options.onRetry,
        onTurnEnd(byResult) {
          ({ answer } = reader);
          cli.requestId = undefined;
          states.end(reader, byResult);
        },
        // An end that nobody has read, since they left before, gives the process to nobody.
        onLeave: (isEndRead) => (isEndRead ? undefined : states.abandon()),
      });
      states.begin(followed);
      say(turn, holdsCalls);
      spending?.sent();
      return followed.events;
    },

    get isOver() {
      return cli.failure !== undefined;
    },

    async accepts(turn) {
      await states.settled;
      const { now } = states;
      if (now.name === 'holding-calls') return fitsCalls(now.calls, lastUserContent(turn));
      return now.name === 'idle';
    },

    stop: () => cli.stop(),
  };
}
