import type { GatewayError } from '@claude-code-api/gateway';
import type { CliMessage } from '../process/cli-message.ts';
import { toTurnError } from '@claude-code-api/gateway/messages-api';
import { brokenOff, lostInMidAnswer } from './turn-failures.ts';

/** Sees when an answer breaks off upstream, after which the CLI may ask again by itself. */
export interface BreakWatch {
  /**
   * Takes the CLI's next message.
   *
   * @throws {GatewayError} When an answer has broken off, and the CLI is not going to end the turn.
   */
  check(message: CliMessage): void;
  /** How long to wait for what may say more of an answer that has failed, in milliseconds; undefined while none has. */
  readonly waitMs: number | undefined;
  /** What is known of the failure. */
  toError(): GatewayError;
}

/** With a call open the CLI does not ask again, and says in the same moment what failed. */
const nextLineMs = 50;

/** The `result` of a failure that it tells of, but where open calls hold the turn up. */
const resultMs = 500;

export interface BreakWatchOptions {
  /** For messages to the caller. */
  readonly model: string;
  /** Whether all calls are the caller's, who holds them. */
  readonly holdsCalls: boolean;
}

export function createBreakWatch({ model, holdsCalls }: BreakWatchOptions): BreakWatch {
  let inAnswer = false;
  let hasCalled = false;
  let blocks: string[] = [];
  let waitMs: number | undefined;
  let failure: Extract<CliMessage, { type: 'assistant' }> | undefined;

  function checkEvent({ event, abandoned_blocks: abandoned }: Extract<CliMessage, { type: 'stream_event' }>): void {
    if (event.type === 'message_start') {
      if (inAnswer) throw brokenOff();
      inAnswer = true;
      blocks = [];
    }
    if (event.type === 'content_block_start') {
      blocks.push(event.content_block.type);
      hasCalled ||= event.content_block.type === 'tool_use';
    }
    if (event.type === 'message_delta' && typeof event.delta.stop_reason === 'string') inAnswer = false;
    if (event.type === 'message_stop' && inAnswer && waitMs === undefined) {
      if (!holdsCalls || !hasCalled) throw whyBroken(abandoned?.from_block_index);
      waitMs = nextLineMs;
    }
  }

  /** The CLI tells of an error in the first block, unless that is thinking. What it does not tell of there is a lost connection. */
  function whyBroken(firstAbandoned: number | undefined): GatewayError {
    const open = firstAbandoned === 0 ? blocks[0] : undefined;
    return open === 'text' || open === 'tool_use' ? lostInMidAnswer(undefined) : brokenOff();
  }

  return {
    get waitMs() {
      return waitMs;
    },
    check(message) {
      // With a call made, it may be a subagent that asks.
      const isAsking = message.type === 'system' && message.subtype === 'status' && message.status === 'requesting';
      if (isAsking && inAnswer && !hasCalled) throw brokenOff();
      if ((message.type !== 'stream_event' && message.type !== 'assistant') || isSubagents(message)) return;
      if (message.type === 'stream_event') return checkEvent(message);
      if (!inAnswer || typeof message.error !== 'string') return;
      failure = message;
      waitMs ??= resultMs;
    },
    toError() {
      const text = failure?.message?.content.map((block) => block.text ?? '').join('') ?? '';
      const status = failure?.api_error_status;
      if (typeof status !== 'number') return /connection lost/i.test(text) ? lostInMidAnswer(undefined) : brokenOff();
      const { message } = brokenOff();
      const result = { type: 'result' as const, subtype: 'error', is_error: true, num_turns: 0, api_error_status: status, result: message };
      return toTurnError({ result, kind: undefined, retryDelayMs: undefined, model });
    },
  };
}

function isSubagents({ parent_tool_use_id: parent }: { readonly parent_tool_use_id?: string | null | undefined }): boolean {
  return parent !== null && parent !== undefined;
}
