import { randomUUID } from 'node:crypto';
import { GatewayError, type ContentBlock, type Message, type Turn, type TurnEvent } from '@claude-code-api/gateway';
import type { CliMessage } from './cli-message.ts';
import { CliProcessError } from './cli-process-error.ts';
import type { CliProcess } from './cli-process.ts';
import { createEventQueue } from './event-queue.ts';
import { toAssistantMessage } from './to-assistant-message.ts';
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
  /** Gives the process its system prompt, model and parameters. Once, before anything else. */
  open(turn: Turn): Promise<void>;
  /**
   * Appends earlier messages, with their real roles. False when the CLI does not acknowledge the assistant's: then what
   * it will send is not known, and the process must go.
   */
  append(messages: readonly Message[]): Promise<boolean>;
  /**
   * Asks the turn's last message and gives what Claude says. Aborting, or leaving the iteration early, ends the process.
   *
   * @throws {CliProcessError} When the process failed before the model began to answer: another may try.
   * @throws {GatewayError} When the turn failed.
   */
  ask(turn: Turn, signal: AbortSignal): AsyncIterable<TurnEvent>;
  /** Whether another turn can follow; waits for the CLI to have ended the last one. */
  reusable(): Promise<boolean>;
  stop(): Promise<void>;
}

const ignore = (): void => {};

export function createCliConversation(cli: CliProcess, options: CliConversationOptions): CliConversation {
  let onMessage: (message: CliMessage) => void = ignore;
  let onEnd: (failure: CliProcessError) => void = ignore;
  let settled: Promise<boolean> = Promise.resolve(true);
  let settings = '';
  cli.listener = { onMessage: (message) => onMessage(message), onEnd: (failure) => onEnd(failure) };

  async function configure(turn: Turn): Promise<void> {
    const next = toFlagSettings(turn);
    const text = JSON.stringify(next);
    if (text === settings) return;
    settings = text;
    await cli.control({ subtype: 'apply_flag_settings', settings: next });
  }

  /** Resolves with the first message that `matches`; undefined when none comes in time or the process ends. */
  function nextMessage(matches: (message: CliMessage) => boolean): Promise<CliMessage | undefined> {
    return new Promise((resolve) => {
      const finish = (message: CliMessage | undefined): void => {
        clearTimeout(timer);
        onMessage = ignore;
        onEnd = ignore;
        resolve(message);
      };
      const timer = setTimeout(() => finish(undefined), options.historyTimeoutMs);
      onMessage = (message) => {
        if (matches(message)) finish(message);
      };
      onEnd = () => finish(undefined);
    });
  }

  /** After the caller's end of a turn the CLI still has its own: its `result`. Anything else means that it goes on by itself. */
  function settle(): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (good: boolean): void => {
        onMessage = ignore;
        onEnd = ignore;
        if (!good) cli.kill();
        resolve(good);
      };
      onMessage = (message) => {
        if (message.type === 'result') finish(!message.is_error);
        if (message.type === 'stream_event' && message.event.type === 'message_start') finish(false);
      };
      onEnd = () => finish(false);
    });
  }

  return {
    async open(turn) {
      await Promise.all([cli.control({ subtype: 'initialize', systemPrompt: turn.system === '' ? [] : [turn.system] }), configure(turn)]);
    },

    async append(messages) {
      // The CLI queues user lines and takes assistant lines at once: so each user line is waited for.
      const unacknowledged = new Set<string>();
      const acknowledge = (message: CliMessage): void => {
        if (message.type === 'assistant' && message.uuid !== undefined) unacknowledged.delete(message.uuid);
      };
      for (const message of messages) {
        if (message.role === 'assistant') {
          const line = assistantLine(message.content);
          unacknowledged.add(line.uuid);
          cli.send(line);
          continue;
        }
        cli.send({ ...userLine(message.content), shouldQuery: false });
        const taken = await nextMessage((reply) => {
          acknowledge(reply);
          return reply.type === 'result';
        });
        if (taken === undefined) throw cli.failure ?? new CliProcessError('timeout', 'the CLI did not take an earlier message');
      }
      if (unacknowledged.size === 0) return true;
      await nextMessage((reply) => {
        acknowledge(reply);
        return unacknowledged.size === 0;
      });
      if (cli.failure !== undefined) throw cli.failure;
      return unacknowledged.size === 0;
    },

    async *ask(turn, signal) {
      signal.throwIfAborted();
      await configure(turn);
      if (cli.failure !== undefined) throw cli.failure;
      const events = createEventQueue<TurnEvent>();
      const reader = createTurnReader(turn.model);
      let started = false;
      let finished = false;
      const firstEvent = setTimeout(() => events.close(notBegun(options.firstEventTimeoutMs)), options.firstEventTimeoutMs);
      const onAbort = (): void => events.close(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      onEnd = (failure) => events.close(started ? lostInMidAnswer(failure) : failure);
      onMessage = (message) => {
        try {
          for (const event of reader.read(message)) {
            if (event.type === 'turn-start') {
              // The CLI begins again after a lost connection; what was said before can't be taken back.
              if (started) throw lostInMidAnswer(undefined);
              started = true;
              clearTimeout(firstEvent);
            }
            if (event.type === 'turn-end') {
              settled = reader.outcome === 'complete' ? settle() : Promise.resolve(false);
              if (reader.outcome === 'runaway') cli.kill();
            }
            events.push(event);
            if (event.type === 'turn-end') events.close();
          }
        } catch (error) {
          events.close(error);
        }
      };
      cli.send(userLine(lastUserContent(turn)));
      try {
        for await (const event of events) {
          finished = event.type === 'turn-end';
          yield event;
        }
      } finally {
        clearTimeout(firstEvent);
        signal.removeEventListener('abort', onAbort);
        if (!finished) {
          onMessage = ignore;
          onEnd = ignore;
          void cli.stop();
        }
      }
    },

    async reusable() {
      return (await settled) && cli.failure === undefined;
    },

    stop: () => cli.stop(),
  };
}

/** An empty user line asks the model to go on from the history as it is: so an assistant's message at the end stays one. */
function lastUserContent(turn: Turn): readonly ContentBlock[] {
  const last = turn.messages.at(-1);
  return last?.role === 'user' ? last.content : [];
}

function userLine(content: readonly ContentBlock[]): object {
  return {
    type: 'user',
    message: { role: 'user', content },
    parent_tool_use_id: null,
    session_id: '',
    uuid: randomUUID(),
    // `@path` and `/command` are the caller's words, not orders to the CLI.
    client_composed: true,
  };
}

function assistantLine(content: readonly ContentBlock[]): { readonly uuid: string; readonly [key: string]: unknown } {
  const uuid = randomUUID();
  return { type: 'assistant', uuid, parent_tool_use_id: null, session_id: '', message: toAssistantMessage(uuid, content) };
}

function notBegun(timeoutMs: number): GatewayError {
  return new GatewayError(
    `Claude did not begin to answer within ${timeoutMs / 1000} seconds. Please try again, or raise the time limit (claude.first_event_timeout_seconds).`,
    {
      status: 504,
      type: 'server_error',
      code: 'timeout',
    },
  );
}

function lostInMidAnswer(cause: unknown): GatewayError {
  return new GatewayError('The connection to Claude was lost in the middle of the answer. Please try again.', {
    status: 502,
    type: 'server_error',
    code: 'upstream_error',
    cause,
  });
}
