import * as z from 'zod';

/** How hard a model thinks, in the words of `reasoning_effort`. */
export const reasoningEffortSchema = z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);

/** Built-in tools by name. A name is no rule, and no keyword of the CLI's such as `default`, which would mean more tools than were named. */
export const toolNamesSchema = z.array(z.string().regex(/^[A-Z]\w{0,63}$/, 'must be the name of a built-in tool, for instance Read'));
