import * as z from 'zod';

/** How hard a model thinks, in the words of `reasoning_effort`. */
export const reasoningEffortSchema = z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);
