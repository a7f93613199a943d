import type { Message } from './message.ts';

/** What a caller asks of Claude, free of any wire format. */
export interface Turn {
  /** A model name or alias that the runner knows. */
  readonly model: string;
  /** The system prompt; empty for none. */
  readonly system: string;
  /** The whole conversation, oldest first, roles alternating; normalised by `normalizeMessages`. */
  readonly messages: readonly Message[];
  readonly sampling: Sampling;
  /** Whom the turn belongs to: nothing of it is matched with, or shown to, another tenant. */
  readonly tenant: string;
}

/** How the model samples. An absent value leaves the choice to the model. */
export interface Sampling {
  /** At most this many tokens are generated, reasoning included. */
  readonly maxOutputTokens?: number;
  /** 0 to 1, Claude's range. */
  readonly temperature?: number;
  /** 0 to 1. */
  readonly topP?: number;
  /** Generation ends before any of these would be written. */
  readonly stopSequences?: readonly string[];
}
