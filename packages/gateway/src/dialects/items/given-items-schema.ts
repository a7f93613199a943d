import * as z from 'zod/mini';

/** The most items that one request may add. */
const maxItems = 20;

/** Items of whatever kind; `parseItems` looks into them. */
export const givenItemsSchema = z
  .array(z.looseObject({}))
  .check(z.maxLength(maxItems, `it may have ${maxItems} items at most. Add more with POST /v1/conversations/{conversation_id}/items`));
