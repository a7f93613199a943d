import type { Caller } from '../ports/caller.ts';
import type { RequestFacts, RequestTrace } from '../ports/insight.ts';
import type { Logger } from '../ports/logger.ts';
import type { Usage } from '../turn/usage.ts';

/** The request that a turn is of, and what is to become known of it. */
export interface RequestContext {
  /** The caller's own request id, or a new one. */
  readonly id: string;
  /** Puts the id on every line. */
  readonly logger: Logger;
  readonly caller: Caller;
  readonly record: RequestRecord;
  /** Follows it. Undefined: nobody does. */
  readonly trace?: RequestTrace | undefined;
  /**
   * Counts bytes that the request holds beside its body, until it is over.
   *
   * @throws {GatewayError} 503 when the server's requests hold too many, 429 when this caller's do.
   */
  readonly hold: (bytes: number) => void;
  /** Set for a request that nobody waits for: its turn waits for its places as long as that takes, and `begun` is called when it has them. */
  readonly background?: { readonly begun: () => void };
}

/** What becomes known of a request on its way: for its line in the log, and for the statistics. */
export interface RequestRecord {
  model: string | undefined;
  profile: string | undefined;
  streamed: boolean;
  cache: RequestFacts['cache'];
  conversation: string | undefined;
  /** Parameters that have no effect. */
  ignored: readonly string[];
  /** When the model first said something, by `performance.now()`. */
  firstTokenAt: number | undefined;
  /** Turns that it began and that have not ended; each resolves when it has, and what it has spent is known. */
  readonly underway: Set<Promise<void>>;
  /** What all turns that it began have used. */
  usage: Usage | undefined;
  costUsd: number | undefined;
  /** Anthropic's own id of the last request. */
  upstreamRequestId: string | undefined;
}

/** The record of a request of which nothing is known yet. */
export function newRequestRecord(): RequestRecord {
  return {
    model: undefined,
    profile: undefined,
    streamed: false,
    cache: undefined,
    conversation: undefined,
    ignored: [],
    firstTokenAt: undefined,
    underway: new Set(),
    usage: undefined,
    costUsd: undefined,
    upstreamRequestId: undefined,
  };
}
