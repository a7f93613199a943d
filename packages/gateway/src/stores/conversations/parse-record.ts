import type * as z from 'zod/mini';

/** Parses a stored record; undefined for one that is damaged. */
export function parseRecord<Schema extends z.ZodMiniType>(text: string, schema: Schema): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
