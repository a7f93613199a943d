import type { RecordedMessages } from './recorded-messages.ts';
import type { RecordedRequest } from './recorded-request.ts';
import type { Reply } from './reply.ts';

/** A stand-in for the Anthropic Messages API on loopback, for the real `claude` CLI to talk to (`ANTHROPIC_BASE_URL`). */
export interface MockAnthropic {
  /** As in `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Every request, in the order in which their bodies were complete. The same array always; `reset` empties it. */
  readonly requests: readonly RecordedRequest[];
  /** Those that are a POST /v1/messages with a well-formed body; token counts are not. */
  messages(): RecordedMessages[];
  /** Queues replies: each next POST /v1/messages takes one, repeated attempts and the CLI's side requests too. */
  reply(...replies: readonly Reply[]): void;
  /** Sets what answers when the queue is empty; at first "Hello world" in three deltas. */
  replyWith(toReply: (request: RecordedMessages) => Reply): void;
  /** Forgets requests, queued replies and the default; replies under way go on. */
  reset(): void;
  /** Closes all connections and waits for the replies under way to have stopped. */
  close(): Promise<void>;
}
