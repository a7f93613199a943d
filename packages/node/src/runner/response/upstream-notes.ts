import type { GatewayError } from '@claude-code-api/gateway';
import type { CliMessage, CliResult } from '../process/cli-message.ts';
import { toTurnError } from '@claude-code-api/gateway/messages-api';

/** What the CLI says about failures upstream while a turn runs: it tells only at the end that the turn has failed, and not all of it. */
export interface UpstreamNotes {
  note(message: CliMessage): void;
  /** Upstream's own id of the last request, where it is known. */
  readonly facts: { readonly upstreamRequestId?: string };
  /** The error of a turn that ends with this result. */
  toError(result: CliResult): GatewayError;
}

export interface UpstreamNotesOptions {
  /** For messages to the caller. */
  readonly model: string;
  /** Whether the CLI asks again by itself: it then says how long it waits, unless that is longer than it would wait. */
  readonly cliRetries: boolean;
}

/** The CLI gives up at once where it is told to wait longer than a minute, and does not say how long. */
const longestCliWaitMs = 60_000;

export function createUpstreamNotes({ model, cliRetries }: UpstreamNotesOptions): UpstreamNotes {
  let kind: string | undefined;
  let retryDelayMs: number | undefined = cliRetries ? longestCliWaitMs : undefined;
  let resetsAt: number | undefined;
  let facts: UpstreamNotes['facts'] = {};

  return {
    get facts() {
      return facts;
    },
    note(message) {
      // What it did not say before it had an answer is of no meaning for a failure within that.
      if (message.type === 'stream_event' && message.event.type === 'message_start') retryDelayMs = undefined;
      if (message.type === 'assistant') {
        kind = message.error ?? kind;
        if (message.request_id) facts = { upstreamRequestId: message.request_id };
      }
      if (message.type === 'system' && message.subtype === 'api_retry') retryDelayMs = message.retry_delay_ms;
      if (message.type === 'rate_limit_event' && message.rate_limit_info.status === 'rejected')
        resetsAt = message.rate_limit_info.resetsAt ?? undefined;
    },
    toError(result) {
      const waitMs = resetsAt === undefined ? retryDelayMs : resetsAt * 1000 - Date.now();
      const error = toTurnError({ result, kind, retryDelayMs: waitMs, model });
      return error.with(facts);
    },
  };
}
