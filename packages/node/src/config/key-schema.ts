import * as z from 'zod';

const count = z.int().min(1).optional();
const usd = z.number().positive().optional();

/** Who may use the server, by a key of their own, and how much. */
export const keySchema = z.strictObject({
  hash: z
    .string()
    .regex(
      /^sha256:[0-9a-f]{64}$/,
      'must be `sha256:` and 64 hexadecimal digits in lower case, as `claude-code-api create-key NAME` prints it; the key itself does not belong here',
    )
    .describe('What is kept of the key: `sha256:` and its SHA-256, as `claude-code-api create-key NAME` prints it.'),
  models: z
    .array(z.string().min(1))
    .optional()
    .describe('Models that it may ask for, by any of their names, for instance `["sonnet", "haiku"]`. All by default.'),
  profiles: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Profiles that it may name, `["*"]` for all. None by default, since profiles give powers; what requests may do that name no profile is the same for all keys.',
    ),
  requests_per_minute: count.describe('Requests a minute, at most.'),
  tokens_per_minute: count.describe('Tokens a minute, at most, without those that are read from the prompt cache.'),
  concurrent_turns: count.describe(
    'Turns that run at once, at most; one more is a 429. By default, with several keys, half of `claude.max_concurrent_sessions`, so that none can take the last places from the others; more wait.',
  ),
  tokens_per_day: count.describe('Tokens a day (UTC), at most, counted likewise.'),
  tokens_per_month: count.describe('Tokens a month (UTC), at most, counted likewise.'),
  usd_per_day: usd.describe('US dollars a day (UTC), at most, at list prices or `models.prices`; models without a price are refused then.'),
  usd_per_month: usd.describe('US dollars a month (UTC), at most, likewise.'),
  admin: z
    .boolean()
    .default(false)
    .describe('Whether it may read `/stats`, `/metrics` and the details of `/health`, which tell of all callers.'),
});

/** What the settings say of one key, with its defaults. */
export type KeySettings = z.output<typeof keySchema>;

/** The name of a key, which is that of its tenant too. */
export const keyNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'a key’s name has 1 to 64 letters, digits, dashes and underscores')
  .refine((name) => name !== '__proto__', 'this name is taken by JavaScript itself');

interface KeyProblem {
  /** Within the table of keys: the key's name, and its setting. */
  readonly path: readonly [string, keyof KeySettings];
  readonly message: string;
}

/** What is wrong with keys that are well formed each for itself. */
export function findKeyProblems(keys: Readonly<Record<string, KeySettings>>, profiles: readonly string[]): KeyProblem[] {
  const known = new Set(['*', ...profiles]);
  const owners = new Map<string, string>();
  return Object.entries(keys).flatMap(([name, key]) => {
    const owner = owners.get(key.hash);
    owners.set(key.hash, name);
    const unknown = key.profiles.filter((profile) => !known.has(profile));
    return [
      ...unknown.map((profile): KeyProblem => ({ path: [name, 'profiles'], message: `there is no profile '${profile}'` })),
      ...(owner === undefined ? [] : [{ path: [name, 'hash'], message: `it is the hash of '${owner}' too` } satisfies KeyProblem]),
    ];
  });
}
