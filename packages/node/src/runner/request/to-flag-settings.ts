import { type PreparedTurn, toRequestBody } from '@claude-code-api/gateway/messages-api';
import { toEndUser } from './to-end-user.ts';

export interface FlagSettings {
  readonly model: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What a turn asks for, as settings that a running CLI takes; with `ownTools` those of an agent. Parameters travel in the body of the API request itself. */
export function toFlagSettings(turn: PreparedTurn, options: { readonly ownTools?: boolean } = {}): FlagSettings {
  const { tools, ...body } = toRequestBody(turn);
  // An agent has tools of its own beside the caller's, all of which the CLI lists.
  const isListed = tools !== undefined && options.ownTools !== true;
  return {
    model: turn.model,
    env: {
      ...turn.variables,
      CLAUDE_CODE_EXTRA_BODY: JSON.stringify({ ...body, ...(isListed && { tools }) }),
      // Beside what the CLI says of itself there, not in its place.
      CLAUDE_CODE_EXTRA_METADATA: JSON.stringify(turn.endUser === undefined ? {} : { end_user: toEndUser(turn.endUser) }),
    },
  };
}
