import * as z from 'zod';
import { storedContent } from './stored-content.ts';

const role = z.enum(['user', 'assistant']);

/** A batch of items as it is stored. */
export const storedItems = z.array(
  z.looseObject({
    id: z.string(),
    role,
    content: storedContent,
    model: z.string().exactOptional(),
    requestedModel: z.string().exactOptional(),
    steps: z.array(z.looseObject({ role, content: storedContent, model: z.string().exactOptional() })).exactOptional(),
  }),
);
