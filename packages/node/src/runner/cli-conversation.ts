import type { ContentBlock, Message, ToolResultBlock, Turn, TurnEvent } from '@claude-code-api/gateway';
import { appendHistory } from './append-history.ts';
import { userLine } from './cli-lines.ts';
import type { CliListener, CliProcess } from './cli-process.ts';
import { createClientTools, type ClientTools } from './client-tools.ts';
import { followTurn } from './follow-turn.ts';
import { toFlagSettings } from './to-flag-settings.ts';
import { createTurnReader } from './turn-reader.ts';

export interface CliConversationOptions {
  /** The longest wait for the model to begin its answer. */
  readonly firstEventTimeoutMs: number;
  /** The longest wait for the CLI to take one earlier message. */
  readonly historyTimeoutMs: number;
}

/** One process in the service of one conversation. */
export interface CliConversation {
  /** Gives the process its system prompt, tools, model and parameters. Once, before anything else. */
  open(turn: Turn): Promise<void>;
  /** See `appendHistory`; when it gives false, the process must go. */
  append(messages: readonly Message[]): Promise<boolean>;
  /**
   * Asks the turn's last message and gives what Claude says. Aborting, or leaving the iteration early, ends the process.
   *
   * @throws {CliProcessError} When the process failed before the model began to answer: another may try.
   * @throws {GatewayError} When the turn failed.
   */
  ask(turn: Turn, signal: AbortSignal): AsyncIterable<TurnEvent>;
  /** What Claude said in the last turn, all of it, thinking included. */
  readonly answer: readonly ContentBlock[];
  /** Whether this turn can follow here; waits for the CLI to have ended the last one. */
  accepts(turn: Turn): Promise<boolean>;
  stop(): Promise<void>;
}

/** How a process stands between turns: free, waiting for the results of these calls, or of no more use. */
type Rest = 'free' | { readonly calls: ReadonlySet<string> } | 'spent';

export function createCliConversation(cli: CliProcess, options: CliConversationOptions): CliConversation {
  let tools: ClientTools = createClientTools(cli, []);
  let toolNames: ReadonlySet<string> = new Set();
  let answer: readonly ContentBlock[] = [];
  let rest: Promise<Rest> = Promise.resolve('free');
  let settings = '';
  listen(ignoring);

  function listen(listener: CliListener): void {
    cli.listener = {
      onMessage: (message) => (message.type === 'control_request' ? tools.handle(message) : listener.onMessage(message)),
      onEnd: (failure) => listener.onEnd(failure),
    };
  }

  async function configure(turn: Turn): Promise<void> {
    const next = toFlagSettings(turn);
    const text = JSON.stringify(next);
    if (text === settings) return;
    settings = text;
    await cli.control({ subtype: 'apply_flag_settings', settings: next });
  }

  /** After the caller's end of a turn the CLI still has its own: its `result`. Anything else means that it goes on by itself. */
  function untilFree(): Promise<Rest> {
    return new Promise((resolve) => {
      const finish = (next: Rest): void => {
        clearTimeout(timer);
        resolve(next);
      };
      // Nobody is to wait for a `result` that does not come.
      const timer = setTimeout(() => endRunaway(finish), options.historyTimeoutMs);
      listen({
        onMessage(message) {
          if (message.type === 'result') finish(message.is_error ? 'spent' : 'free');
          if (startsAnswer(message)) endRunaway(finish);
        },
        onEnd: () => finish('spent'),
      });
    });
  }

  /** Prepares for a turn. A caller who leaves meanwhile ends the process, and so does whatever fails. */
  async function ready(turn: Turn, signal: AbortSignal): Promise<Rest> {
    const onAbort = (): void => void cli.stop();
    signal.addEventListener('abort', onAbort, { once: true });
    let good = false;
    try {
      signal.throwIfAborted();
      const before = await rest;
      await configure(turn);
      signal.throwIfAborted();
      if (cli.failure !== undefined) throw cli.failure;
      good = true;
      return before;
    } finally {
      signal.removeEventListener('abort', onAbort);
      if (!good) void cli.stop();
    }
  }

  /** With calls open the CLI has nothing to say: if it does, it has answered them by itself. */
  function untilAnswered(): void {
    listen({
      onMessage(message) {
        if (startsAnswer(message)) endRunaway(() => {});
      },
      onEnd: () => {},
    });
  }

  function endRunaway(resolve: (rest: Rest) => void): void {
    cli.kill();
    resolve('spent');
  }

  return {
    get answer() {
      return answer;
    },

    async open(turn) {
      tools = createClientTools(cli, turn.tools);
      toolNames = new Set(turn.tools.map((tool) => tool.name));
      const systemPrompt = turn.system === '' ? [] : [turn.system];
      await Promise.all([cli.control({ subtype: 'initialize', systemPrompt, ...tools.initialize }), configure(turn)]);
    },

    append: (messages) => appendHistory(messages, { cli, listen, timeoutMs: options.historyTimeoutMs }),

    async *ask(turn, signal) {
      const before = await ready(turn, signal);
      const reader = createTurnReader({ model: turn.model, toolNames });
      let finished = false;
      const followed = followTurn({
        reader,
        signal,
        firstEventTimeoutMs: options.firstEventTimeoutMs,
        onTurnEnd() {
          finished = true;
          answer = reader.answer;
          rest = Promise.resolve<Rest>('spent');
          // Its end is no failure of this turn.
          if (reader.outcome === 'runaway') {
            listen(ignoring);
            cli.kill();
          }
          if (reader.outcome === 'complete') rest = untilFree();
          if (reader.outcome === 'calling') {
            rest = Promise.resolve<Rest>({ calls: new Set(answer.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []))) });
            untilAnswered();
          }
        },
      });
      listen(followed.listener);
      const content = lastUserContent(turn);
      if (before === 'free') cli.send(userLine(content, true));
      else tools.answer(content.filter((block) => block.type === 'tool_result'));
      try {
        yield* followed.events;
      } finally {
        followed.release();
        if (!finished) {
          listen(ignoring);
          void cli.stop();
        }
      }
    },

    async accepts(turn) {
      const now = await rest;
      if (now === 'spent' || cli.failure !== undefined) return false;
      const content = lastUserContent(turn);
      if (now === 'free') return true;
      return (
        content.length === now.calls.size &&
        content.every((block) => block.type === 'tool_result' && now.calls.has(block.tool_use_id) && fitsMcp(block))
      );
    },

    stop: () => cli.stop(),
  };
}

const ignoring: CliListener = { onMessage: () => {}, onEnd: () => {} };

function startsAnswer(message: Parameters<CliListener['onMessage']>[0]): boolean {
  return message.type === 'stream_event' && message.event.type === 'message_start';
}

/** An empty user line asks the model to go on from the history as it is: so an assistant's message at the end stays one. */
function lastUserContent(turn: Turn): readonly ContentBlock[] {
  const last = turn.messages.at(-1);
  return last?.role === 'user' ? last.content : [];
}

/** Results travel to a waiting CLI as MCP's, which know text and pictures, and no pictures of a failure. */
function fitsMcp(result: ToolResultBlock): boolean {
  return result.content.every(
    (block) => block.type === 'text' || (block.type === 'image' && block.source.type === 'base64' && result.is_error !== true),
  );
}
