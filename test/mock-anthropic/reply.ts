import type { IncomingMessage, ServerResponse } from 'node:http';

/** What the mock answers to one POST /v1/messages. Plain data: build it with `textReply` and its siblings, or by hand. */
export type Reply = MessageReply | ErrorReply | RawReply;

/** An answer of the model: a stream of events when the request asks for one, else one JSON message. */
export interface MessageReply {
  readonly kind: 'message';
  readonly blocks: readonly ReplyBlock[];
  readonly ending: ReplyEnding;
  readonly stopReason: string;
  readonly stopSequence: string | null;
  /** Absent for none. */
  readonly stopDetails?: object | undefined;
  readonly usage: TokenUsage;
  /** Undefined echoes the request's model. */
  readonly model: string | undefined;
  /** The pause before the first byte. */
  readonly delayMs: number;
  /** What it waits for before the first byte, whatever becomes of it. Absent: nothing. */
  readonly after?: Promise<unknown> | undefined;
  /** What it waits for behind its first delta, whatever becomes of it. Absent: nothing. */
  readonly afterFirst?: Promise<unknown> | undefined;
  /** The pause between two deltas. */
  readonly chunkDelayMs: number;
  /** How many `ping` events come before each delta. */
  readonly pings: number;
}

/** A content block; each chunk is one delta of the stream. */
export type ReplyBlock =
  | { readonly type: 'text'; readonly chunks: readonly string[] }
  | { readonly type: 'thinking'; readonly chunks: readonly string[]; readonly signature: string }
  /** The chunks are pieces of `input` as JSON; they need not be valid or complete. */
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: unknown; readonly chunks: readonly string[] }
  /** Any other block, known or not: as it starts in a stream, its deltas, and as it is whole. */
  | {
      readonly type: 'other';
      readonly start: Readonly<Record<string, unknown>>;
      readonly deltas: readonly Readonly<Record<string, unknown>>[];
      readonly whole: Readonly<Record<string, unknown>>;
    };

/** How a message ends; all but `complete` leave the last block open. */
export type ReplyEnding =
  | { readonly type: 'complete' }
  /** Nothing more until the client leaves or the mock closes. */
  | { readonly type: 'stall' }
  /** The connection is closed, without the end of the chunked body. */
  | { readonly type: 'cut' }
  /** An SSE `error` event; a request without `stream` gets an HTTP 529 or 500 with the same error. */
  | { readonly type: 'error'; readonly errorType: string; readonly message: string };

/** An HTTP error with Anthropic's error body. */
export interface ErrorReply {
  readonly kind: 'error';
  readonly status: number;
  /** As in `overloaded_error`. */
  readonly errorType: string;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The caller writes the response; the request's body has been read. */
export interface RawReply {
  readonly kind: 'raw';
  readonly respond: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
}

/** Token counts of one reply, under the names the Messages API gives them. */
export interface TokenUsage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  /** Tokens of the whole answer; a stream reports it in its `message_delta`, and 1 in its `message_start`. */
  readonly output_tokens: number;
  readonly server_tool_use?: { readonly web_search_requests: number; readonly web_fetch_requests: number };
}
