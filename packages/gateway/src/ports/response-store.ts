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
  /** The texts of its events from one on, of a count from 0; undefined for an unknown or expired response. */
  readEvents(tenant: string, id: string, from: number): Promise<readonly string[] | undefined>;
  /**
   * Says what has become of a response that runs, and puts off its expiry. Who ends it first has ended it.
   *
   * @returns What it is now; undefined when it does not run any more, or is gone: nothing is changed then.
   * @throws {GatewayError} 413 when it would be larger than the tenant's share.
   */
  update(tenant: string, id: string, change: ResponseChange): Promise<StoredResponse | undefined>;
  /** Tells whoever runs a response to end it. False when it does not run, or is gone. */
  cancel(tenant: string, id: string): Promise<boolean>;
  /** False for an unknown or expired response. */
  delete(tenant: string, id: string): Promise<boolean>;
  /**
   * Holds a response, whether it exists or not, against all others who ask for it, on any server: whoever runs it does.
   *
   * @returns What gives it back, once; undefined while someone else holds it. A hold expires within seconds after its owner dies.
   */
  hold(tenant: string, id: string): Promise<(() => Promise<void>) | undefined>;
}

/** A response as it is stored. */
export interface StoredResponse {
  /** Letters, digits, `_` and `-`, 64 at most. */
  readonly id: string;
  /** The response as the caller was told it last. */
  readonly told: JsonObject;
  /** Where it stands in its conversation; absent for one that has failed, or that runs, which is no part of it. */
  readonly position?: ResponsePosition;
  /** How far one is that was made in the background. Absent: its caller waited for it, and no events are kept. */
  readonly background?: BackgroundState;
}

/** How far a response in the background is. */
export interface BackgroundState {
  /** `cancelling`: it runs, and whoever runs it is to end it. */
  readonly state: 'running' | 'cancelling' | 'ended';
  /** How many events are stored. */
  readonly eventCount: number;
}

/** Where a response stands in its conversation. */
export interface ResponsePosition {
  readonly conversation: string;
  /** The last item that was there when the response had become a part of it. */
  readonly lastItem: string;
}

/** A response that is to be stored. */
export interface NewResponse extends Omit<StoredResponse, 'background'> {
  /** What it was asked, as the caller is to read it. */
  readonly input: readonly JsonObject[];
  /** Whether it runs in the background, so that more is to become of it. Default: false. */
  readonly isRunning?: boolean;
}

/** What has become of a response that runs. */
export interface ResponseChange extends Pick<StoredResponse, 'told' | 'position'> {
  /** Whether more is to become of it. */
  readonly isRunning: boolean;
  /** The texts of events. */
  readonly events: readonly string[];
  /** How many events come before these. What is stored already, by a change of which that is not known, is not stored again. */
  readonly after: number;
}
