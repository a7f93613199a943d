import * as z from 'zod/mini';
import { givenItemsSchema } from '../../dialects/items/given-items-schema.ts';
import { metadataSchema } from '../../dialects/openai/metadata-schema.ts';

/** The body that makes a conversation. */
export const createSchema = z.looseObject({ metadata: z.nullish(metadataSchema), items: z.nullish(givenItemsSchema) });
/** The body that changes it. */
export const updateSchema = z.looseObject({ metadata: z.nullable(metadataSchema) });
/** The body that adds items to it. */
export const itemsSchema = z.looseObject({ items: givenItemsSchema.check(z.minLength(1, 'it must have at least one item')) });
