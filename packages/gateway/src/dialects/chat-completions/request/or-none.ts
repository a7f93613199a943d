import * as z from 'zod';

/** The schema of a parameter that may be absent: by its key, by null, or by a value that means none elsewhere, such as -1 for no limit. */
export function orNone<Schema extends z.ZodType>(schema: Schema, ...none: readonly unknown[]) {
  return z.preprocess((value) => (none.includes(value) ? undefined : value), schema.nullish()).optional();
}
