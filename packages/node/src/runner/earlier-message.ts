import type { Message } from '@claude-code-api/gateway';

/** A message on its way into a CLI. */
export interface EarlierMessage extends Message {
  /** Who gave the answer, as the API named it: the CLI takes thinking for that of the model it asks, or leaves it out. */
  readonly model?: string;
}
