import * as z from 'zod';
import { isObject } from '../../../turn/is-object.ts';

const name = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/, { abort: true, error: 'must be 1 to 128 letters, digits, dashes or underscores' });
const own = z.looseObject({
  type: z.literal('custom').nullish(),
  name,
  description: z.string().nullish(),
  input_schema: z.custom<Readonly<Record<string, unknown>>>(isObject, { abort: true }),
  strict: z.boolean().nullish(),
});
/** A tool that Anthropic defines, and runs or has the caller run: `bash_20250124`, `web_search_20250305`. */
const defined = z.looseObject({
  type: z.string().regex(/^(?!custom$)\w{1,128}$/, { abort: true, error: 'is not supported here' }),
  name: name.nullish(),
});

/** A tool of a request. */
export const toolSchema = z.union([own, defined]);
export type GivenTool = z.infer<typeof toolSchema>;
