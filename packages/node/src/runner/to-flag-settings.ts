import type { PreparedTurn } from './prepare-turn.ts';
import { toRequestBody } from './to-request-body.ts';

export interface FlagSettings {
  readonly model: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What a turn asks for, as settings that a running CLI takes. Parameters travel in the body of the API request itself. */
export function toFlagSettings(turn: PreparedTurn): FlagSettings {
  return {
    model: turn.model,
    env: {
      CLAUDE_CODE_EXTRA_BODY: JSON.stringify(toRequestBody(turn)),
      // Beside what the CLI says of itself there, not in its place.
      CLAUDE_CODE_EXTRA_METADATA: JSON.stringify(turn.endUser === undefined ? {} : { end_user: turn.endUser }),
    },
  };
}
