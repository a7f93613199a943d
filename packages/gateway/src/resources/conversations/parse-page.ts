import * as z from 'zod';
import { parseBody } from '../../dialects/parse-body.ts';
import type { PageRequest } from '../../ports/conversation-store.ts';

const pageSchema = z.looseObject({
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100')
    .transform(Number)
    .default(20),
  order: z.enum(['asc', 'desc']).default('desc'),
  after: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'must be an id, as the `last_id` of the page before tells it')
    .optional(),
});

/**
 * Reads which page a query asks for. Default: the 20 newest.
 *
 * @throws {GatewayError} 400 that names the parameter at fault.
 */
export function parsePage(query: Readonly<Record<string, string>>): PageRequest {
  const { limit, order, after } = parseBody(pageSchema, query);
  return { limit, order, ...(after !== undefined && { after }) };
}
