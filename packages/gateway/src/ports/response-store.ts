import type { JsonObject } from '../turn/tool.ts';

/**
 * Keeps responses, so that they can be read again and gone on with. All operations of one tenant are blind to those of every other. The contract
 * suite in `@claude-code-api/gateway/testing` says in tests what is said here.
 *
 * Every operation may throw a `GatewayError` 503 `storage_unavailable`: nothing has been changed then, as far as can be told. A store that is
 * bounded gives each tenant a share, and lets those go that expire soonest, as a `ConversationStore` does.
 */
export interface ResponseStore {
  /**
   * Stores a new response, whole or not at all.
   *
   * @throws {GatewayError} 413 when it is larger than the tenant's share.
   */
  create(tenant: string, response: NewResponse): Promise<void>;
  /** Undefined for an unknown or expired response. */
  read(tenant: string, id: string): Promise<StoredResponse | undefined>;
  /** What it was asked, oldest first; undefined for an unknown or expired response. */
  readInput(tenant: string, id: string): Promise<readonly JsonObject[] | undefined>;
  /** Its events from one on, of a count from 0; undefined for an unknown or expired response. */
  readEvents(tenant: string, id: string, from: number): Promise<readonly string[] | undefined>;
  /**
   * Says what has become of a response that runs, and puts off its expiry. Whoever ends it first has ended it.
   *
   * @returns False when it does not run any more, or is gone: nothing is changed then.
   */
  update(tenant: string, id: string, change: ResponseChange): Promise<boolean>;
  /** False for an unknown or expired response. */
  delete(tenant: string, id: string): Promise<boolean>;
  /**
   * Holds a response that runs, against all others who ask for it, on any server.
   *
   * @returns What gives it back, once; undefined while someone else holds it. Who dies without giving it back loses it within seconds.
   */
  hold(tenant: string, id: string): Promise<(() => Promise<void>) | undefined>;
}

/** What is known of a response beside what it was asked. */
export interface ResponseState {
  /** The response as the caller was told it last. */
  readonly told: JsonObject;
  /** Whether it may still change. */
  readonly isRunning: boolean;
  /** Where it stands in its conversation; absent where it is not a part of one. */
  readonly position?: ResponsePosition;
}

export interface ResponsePosition {
  readonly conversation: string;
  /** The last item that was there when the response had become a part of it. */
  readonly lastItem: string;
}

export interface StoredResponse extends ResponseState {
  readonly id: string;
  /** How many events are stored. */
  readonly eventCount: number;
}

export interface NewResponse extends ResponseState {
  /** Letters, digits, `_` and `-`, 64 at most. */
  readonly id: string;
  /** What it was asked, as the caller is to read it. */
  readonly input: readonly JsonObject[];
  /** The texts of its events so far. Default: none. */
  readonly events?: readonly string[];
}

export interface ResponseChange extends ResponseState {
  /** Events that follow those that are stored. */
  readonly events: readonly string[];
}
