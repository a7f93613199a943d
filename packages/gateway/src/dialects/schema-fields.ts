import * as z from 'zod/mini';

// A check in a list or record aborts, so that the first fault is the last one looked at: there may be a million of them.
export const something = z.string().check(z.minLength(1, { abort: true }));
/** The name of a model, a tool or a participant. */
export const name = something.check(z.maxLength(256, { abort: true, error: 'it may have 256 characters at most' }));
/** Empty for none: the order then tells which call a result is of. */
export const callId = z.pipe(
  z.nullable(z.string()),
  z.transform((id) => id ?? ''),
);

/** The name of a function, a custom tool or a schema. */
export const functionName = z.string().check(
  z.regex(/^[A-Za-z0-9_-]{1,64}$/, {
    abort: true,
    error: 'must be 1 to 64 letters, digits, dashes or underscores',
  }),
);

/** The name of a tool, as Claude takes it. */
export const toolName = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_-]{1,128}$/, { abort: true, error: 'must be 1 to 128 letters, digits, dashes or underscores' }));

/** A seed: any 64-bit integer, beyond what is exact here; -1 for none. */
export const seed = orNone(
  z.number().check(z.minimum(-(2 ** 63)), z.maximum(2 ** 63), z.refine(Number.isInteger, 'must be an integer')),
  -1,
);

/** The schema of a parameter that may be absent: by its key, by null, or by a value that means none elsewhere, such as -1 for no limit. */
export function orNone<Schema extends z.ZodMiniType>(schema: Schema, ...none: readonly unknown[]) {
  return z.optional(
    z.pipe(
      z.transform((value) => (none.includes(value) ? undefined : value)),
      z.nullish(schema),
    ),
  );
}
