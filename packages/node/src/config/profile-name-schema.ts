import * as z from 'zod';

/** What would be taken for a model, or for the profile that the sections `file_access` and `mcp` make. */
const taken = new Set(['default', 'sonnet', 'opus', 'haiku', 'fable', 'best', 'opusplan', 'inherit']);

/** The name of a profile, which callers put before the model's: `agent/sonnet`. */
export const profileNameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,31}$/,
    'a profile’s name has 1 to 32 lower-case letters, digits, dashes and underscores, the first a letter or digit',
  )
  .refine((name) => !taken.has(name) && !name.startsWith('claude-'), 'this name is taken by Claude Code itself');
