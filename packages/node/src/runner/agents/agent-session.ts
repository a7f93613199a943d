import { bareId, type ContentBlock, type GatewayError } from '@claude-code-api/gateway';
import type { AgentProfile } from '../profile/agent-profile.ts';
import { createAgentTurnReader, type AgentTurnReader } from '../response/agent-turn-reader.ts';
import { appendHistory } from '../session/append-history.ts';
import type { CliConversation, CliConversationOptions } from '../session/session.ts';
import { userLine } from '../session/cli-lines.ts';
import type { CliControlRequest, CliInit, CliMessage } from '../process/cli-message.ts';
import type { CliListener, CliProcess } from '../process/cli-process.ts';
import { createClientTools, type ClientTools } from '../session/client-tools.ts';
import { fitsRest } from '../session/fits-rest.ts';
import { followTurn, type FollowedTurn } from '../session/follow-turn.ts';
import { guardProcess } from '../process/guard-process.ts';
import type { PermissionPolicy } from '../permissions/permission-policy.ts';
import { lastUserContent } from '../session/prepare-history.ts';
import type { PreparedTurn } from '../request/prepare-turn.ts';
import { readAllowRules } from '../permissions/read-allow-rules.ts';
import type { Rest } from '../session/rest-after-turn.ts';
import { createAgentSettings } from './create-agent-settings.ts';

export interface AgentConversationOptions extends CliConversationOptions {
  readonly policy: PermissionPolicy;
  /** What `initialize` says of the system prompt. */
  readonly systemPrompt: (turn: PreparedTurn) => object;
  /** Whether the process is good for one turn only: its limits count from its start. */
  readonly singleTurn: boolean;
  /** Whether the CLI reads settings files of the operator's, with rules of their own. */
  readonly readsSettings: boolean;
  /** Those with a list show the model no other tools. */
  readonly mcpServers: AgentProfile['mcpServers'];
  /** Told before each turn how the MCP servers are; what it returns fails the turn. */
  readonly onInit: (init: CliInit, requestId: string | undefined) => GatewayError | undefined;
}

/** The wait for results that the CLI gives while the caller's calls are open, unless it holds them back. */
const settleMs = 250;

/** One process that works as an agent in one conversation: see `CliConversation`. */
export function createAgentConversation(cli: CliProcess, options: AgentConversationOptions): CliConversation {
  const { policy } = options;
  const configure = createAgentSettings(cli, options.mcpServers);
  let tools: ClientTools = createClientTools(cli, []);
  let toolNames: ReadonlySet<string> = new Set();
  let rules: readonly string[] = [];
  let answer: readonly ContentBlock[] = [];
  let rest: Rest = 'free';
  let openCalls: ReadonlyMap<string, string> = new Map();
  let cost = 0;
  /** What the CLI said of its own calls while those of the caller were open. */
  const late: CliMessage[] = [];
  let onNotice = (): void => {};
  listen(ignoring);

  function listen(listener: CliListener): void {
    cli.listener = {
      onMessage(message) {
        onNotice();
        if (message.type === 'control_request') {
          const response = policy.answer(message, { requestId: cli.requestId, callersTools: toolNames, rules });
          return response === undefined ? tools.handle(message) : respond(cli, message, response);
        }
        if (message.type === 'user') tools.confirm(message.message.content.map((block) => block.tool_use_id));
        listener.onMessage(message);
      },
      onEnd: (failure) => listener.onEnd(failure),
    };
  }

  function restAfter(reader: AgentTurnReader): Rest {
    ({ answer, openCalls, cost } = reader);
    if (reader.outcome === 'calling') {
      listen(keepingLate(cli, late));
      return { calls: new Set(answer.flatMap((block) => (block.type === 'tool_use' ? [bareId(block.id)] : []))) };
    }
    listen(ignoring);
    if (reader.outcome === 'complete' && !options.singleTurn) return 'free';
    void cli.stop();
    return 'spent';
  }

  return {
    pid: cli.pid,

    get answer() {
      return answer;
    },

    async open(turn) {
      cli.requestId = turn.requestId;
      tools = createClientTools(cli, turn.tools, { described: true });
      toolNames = new Set(turn.tools.map((tool) => tool.name));
      const initialize = { subtype: 'initialize', ...options.systemPrompt(turn), ...policy.initialize, ...tools.initialize };
      await Promise.all([cli.control(initialize), configure(turn)]);
      if (options.readsSettings) rules = await readAllowRules(cli);
    },

    append: (messages) =>
      appendHistory(messages, { cli, listen, timeoutMs: options.historyTimeoutMs, totalTimeoutMs: options.firstEventTimeoutMs }),

    async *ask(turn, signal, spending) {
      cli.requestId = turn.requestId;
      const before = rest;
      await guardProcess(cli, signal, () => configure(turn));
      if (cli.failure !== undefined) throw cli.failure;
      const reader = createAgentTurnReader({
        ...options,
        model: turn.model,
        toolNames,
        openCalls,
        lastTextOnly: turn.outputSchema !== undefined,
        costBefore: cost,
        onUsage: spending && ((usage, costUsd) => spending.used(usage, costUsd)),
        hasDenied: (id) => policy.hasDenied(id),
        onDenied: (id, tool) => policy.note(id, tool, turn.requestId),
      });
      // An end that nobody has read, since they left before, gives the process to nobody.
      let isEndRead = false;
      const followed = followTurn({
        ...options,
        reader,
        model: turn.model,
        endsAt: turn.endsAt,
        isWorking: openCalls.size > 0,
        signal,
        cli,
        noticeTimeoutMs: options.historyTimeoutMs,
        onTurnEnd: () => void (rest = restAfter(reader)),
      });
      onNotice = followed.notice;
      const settling = settleWhenHeldUp(reader, followed);
      const take = (message: CliMessage): void => {
        const failure = message.type === 'system' && message.subtype === 'init' ? options.onInit(message, turn.requestId) : undefined;
        if (failure !== undefined) followed.events.close(failure);
        followed.listener.onMessage(message);
        settling.check();
      };
      listen({ onMessage: take, onEnd: (failure) => followed.listener.onEnd(failure) });
      const content = lastUserContent(turn);
      late.splice(0).forEach(take);
      if (before === 'free') cli.send(userLine(content, true));
      else tools.answer(content.filter((block) => block.type === 'tool_result'));
      spending?.sent();
      try {
        for await (const event of followed.events) {
          isEndRead = event.type === 'turn-end';
          yield event;
        }
      } finally {
        settling.release();
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

    accepts: async (turn) => cli.failure === undefined && fitsRest(rest, lastUserContent(turn)),

    stop: () => cli.stop(),
  };
}

function respond(cli: CliProcess, { request_id }: CliControlRequest, response: object): void {
  cli.send({ type: 'control_response', response: { subtype: 'success', request_id, response } });
}

const ignoring: CliListener = { onMessage: () => {}, onEnd: () => {} };

/** With the caller's calls open the CLI has nothing to say but its own results: if it does, it has answered them by itself. */
function keepingLate(cli: CliProcess, late: CliMessage[]): CliListener {
  return {
    onMessage(message) {
      if (message.type === 'user') late.push(message);
      if (message.type === 'stream_event' && message.event.type === 'message_start') void cli.stop();
    },
    onEnd: () => {},
  };
}

/** Ends the turn for the caller a moment after nothing but held back calls is awaited. */
function settleWhenHeldUp(reader: AgentTurnReader, followed: FollowedTurn): { check(): void; release(): void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    check() {
      if (!reader.isHeldUp) return clearTimeout(timer);
      clearTimeout(timer);
      timer = setTimeout(() => followed.tell(reader.settle()), settleMs);
    },
    release: () => clearTimeout(timer),
  };
}
