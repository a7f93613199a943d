import * as z from 'zod/mini';
import { metadataSchema } from '../../dialects/openai/metadata-schema.ts';

/** The most items that one request may add. */
const maxItems = 20;

/** Items of whatever kind; `parseItems` looks into them. */
const givenItemsSchema = z
  .array(z.looseObject({}))
  .check(z.maxLength(maxItems, `it may have ${maxItems} items at most. Add more with POST /v1/conversations/{conversation_id}/items`));

/** The body that makes a conversation. */
export const createSchema = z.looseObject({ metadata: z.nullish(metadataSchema), items: z.nullish(givenItemsSchema) });
/** The body that changes it. */
export const updateSchema = z.looseObject({ metadata: z.nullable(metadataSchema) });
/** The body that adds items to it. */
export const itemsSchema = z.looseObject({ items: givenItemsSchema.check(z.minLength(1, 'it must have at least one item')) });
