import { messageSchema } from '@claude-code-api/gateway/schemas';
import * as z from 'zod';

/** A batch of items as it is stored. */
export const storedItems = z.array(messageSchema.extend({ id: z.string(), requestedModel: z.string().exactOptional() }));
