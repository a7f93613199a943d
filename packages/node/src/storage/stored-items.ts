import * as z from 'zod';
import { storedContent } from './stored-content.ts';

/** A batch of items as it is stored. */
export const storedItems = z.array(
  z.looseObject({
    id: z.string(),
    role: z.enum(['user', 'assistant']),
    content: storedContent,
    model: z.string().exactOptional(),
    requestedModel: z.string().exactOptional(),
  }),
);
