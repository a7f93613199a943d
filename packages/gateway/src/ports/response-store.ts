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
   * Stores a response that has ended, whole or not at all.
   *
   * @throws {GatewayError} 413 when it is larger than the tenant's share.
   */
  create(tenant: string, response: NewResponse): Promise<void>;
  /** Undefined for an unknown or expired response. */
  read(tenant: string, id: string): Promise<StoredResponse | undefined>;
  /** What it was asked, oldest first; undefined for an unknown or expired response. */
  readInput(tenant: string, id: string): Promise<readonly JsonObject[] | undefined>;
  /** False for an unknown or expired response. */
  delete(tenant: string, id: string): Promise<boolean>;
}

export interface StoredResponse {
  /** Letters, digits, `_` and `-`, 64 at most. */
  readonly id: string;
  /** The response as the caller was told it. */
  readonly told: JsonObject;
  /** Where it stands in its conversation; absent for one that has failed, which is no part of it. */
  readonly position?: ResponsePosition;
}

export interface ResponsePosition {
  readonly conversation: string;
  /** The last item that was there when the response had become a part of it. */
  readonly lastItem: string;
}

export interface NewResponse extends StoredResponse {
  /** What it was asked, as the caller is to read it. */
  readonly input: readonly JsonObject[];
}
