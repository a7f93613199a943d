import type { Metadata } from '../ports/conversation-store.ts';
import type { ReadMedia } from '../media/create-media-reader.ts';
import type { Turn } from '../turn/turn.ts';
import type { ActivityMode } from './activity-mode.ts';
import type { AskedModel } from './asked-model.ts';

/** What a dialect has read of a request: a turn without what was said before, and what is to be done with it. */
export interface TurnRequest {
  readonly model: AskedModel;
  /**
   * Says the turn, whose messages are those that the request has brought.
   *
   * @throws {GatewayError} 400 for what can't be said so.
   */
  readonly toTurn: (sources: TurnSources) => Promise<AskedTurn>;
  /** The id of the conversation that the request's body names. */
  readonly conversation: string | undefined;
  /** Whether the turn becomes part of a conversation. */
  readonly keep: boolean;
  /** Of the conversation that begins with this turn. */
  readonly metadata: Metadata;
  /** How many answers are asked for, by turns side by side. */
  readonly choices: number;
  /** Whether the events are told as they come, so that nothing can be taken back. */
  readonly streamed: boolean;
  /** Texts that end the answer, of those that Claude does not take. */
  readonly blankStops: readonly string[];
  /** What asks for repeatable output. */
  readonly repeatable: { readonly seed: number | undefined; readonly isCold: boolean };
  readonly hasTools: boolean;
  /** Undefined: as is usual on this server. */
  readonly activity: ActivityMode | undefined;
  /**
   * The request's own names of what will have no effect.
   *
   * @param switches What has switched the response cache.
   */
  readonly withoutEffect: (switches: ReadonlySet<CacheSwitch>) => readonly string[];
}

/** What a turn is made of beside its request. */
export interface TurnSources {
  /** Calls that the conversation waits for the results of: their names by their ids. */
  readonly openCalls: ReadonlyMap<string, string>;
  /** Gets the pictures and documents that the request names. */
  readonly media: ReadMedia;
}

/** What of a request can ask the response cache to take part. */
export type CacheSwitch = 'seed' | 'temperature';

/** A turn as far as its dialect knows it; the engine says the rest. */
export type AskedTurn = Omit<Turn, 'model' | 'profile' | 'conversation' | 'timeoutMs' | 'requestId' | 'tenant'>;
