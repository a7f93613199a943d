import { type Sha256, webSha256 } from '../ports/sha256.ts';
import type { Turn } from '../turn/turn.ts';

type Without = 'timeoutMs' | 'conversation' | 'requestId' | 'trace' | 'messageDigests';

/** What the answer depends on: every field of a turn but its time limit, its conversation, its request, and what is made of other fields. A new field must be put here, or be left out by name. */
type KeyParts = { readonly [Field in Exclude<keyof Turn, Without>]-?: unknown };

/**
 * The key of a turn's answer: 64 hexadecimal digits, which are equal for turns that ask for the same.
 *
 * @param extras What else the answer depends on, as JSON values: the seed, the index of the choice...
 */
export async function cacheKey(turn: Turn, extras: Readonly<Record<string, unknown>>, sha256: Sha256 = webSha256): Promise<string> {
  const parts: KeyParts = {
    tenant: turn.tenant,
    model: turn.model,
    profile: turn.profile,
    system: turn.system,
    messages: turn.messages,
    // The model sees the keys of schemas and of arguments in their order, so it is kept.
    tools: turn.tools,
    toolChoice: sorted(turn.toolChoice),
    sampling: sorted(turn.sampling),
    effort: turn.effort,
    thinking: sorted(turn.thinking),
    outputSchema: turn.outputSchema,
    extra: sorted(turn.extra),
    betas: turn.betas,
    endUser: turn.endUser,
  };
  return sha256(JSON.stringify([parts, sorted(extras)]));
}

/** An object with its keys in alphabetical order. */
function sorted(value: object | undefined): object | undefined {
  return value && Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
