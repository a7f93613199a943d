import type { Logger } from '../ports/logger.ts';
import type { ResponsePosition, StoredResponse } from '../ports/response-store.ts';
import type { JsonObject } from '../turn/tool.ts';

/** Makes responses that nobody waits for, and knows what has become of them, on any server that keeps in the same place. */
export interface Background {
  /**
   * Begins one, once it is stored.
   *
   * @returns A promise that resolves when it has ended, and its end is stored. It never rejects.
   * @throws {GatewayError} 429 where too many have not ended, 413 or 503 where it can't be stored; nothing has begun then.
   */
  start(work: BackgroundWork): Promise<{ readonly over: Promise<void> }>;
  /** As of the store; but one that nobody runs any more has failed by then. */
  read(tenant: string, id: string): Promise<StoredResponse | undefined>;
  /**
   * The texts of a response's events from one on, of a count from 0: those that are there, and then those that come, until its end.
   *
   * @param signal Ends the waiting for more.
   * @throws {GatewayError} 404 when it is gone.
   */
  follow(tenant: string, id: string, from: number, signal: AbortSignal): AsyncGenerator<string[], undefined>;
  /** Ends one that runs, wherever it does, and waits for that. What it is then; undefined for an unknown one. */
  cancel(tenant: string, id: string): Promise<StoredResponse | undefined>;
}

/** A response that is to be made. */
export interface BackgroundWork {
  readonly tenant: string;
  readonly id: string;
  readonly input: readonly JsonObject[];
  /** How it is to be told now. */
  readonly told: () => JsonObject;
  /** Where it stands in its conversation; undefined before it has ended well. */
  readonly position: () => ResponsePosition | undefined;
  /** Makes it: tells the texts of its events as they come, the first ones at once, and gives those of its end. Rejects with what fails. */
  readonly run: (tell: (texts: readonly string[]) => void) => Promise<readonly string[]>;
  /** Stops what runs. */
  readonly stop: () => void;
  /** The texts that end it when something was thrown. */
  readonly fail: (thrown: unknown) => readonly string[];
  /** The texts that end it when what it has said can't be stored: nothing of that is told any more. */
  readonly cutShort: (thrown: unknown) => readonly string[];
  /** The texts that end it when it is cancelled. */
  readonly cancel: () => readonly string[];
  readonly logger: Logger;
}
