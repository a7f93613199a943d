import * as z from 'zod/mini';
import { parseBody } from '../dialects/parse-body.ts';
import type { PageRequest } from '../ports/conversation-store.ts';

const pageSchema = z.looseObject({
  limit: z.optional(z.string().check(z.regex(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100'))),
  order: z.optional(z.enum(['asc', 'desc'])),
  after: z.optional(z.string().check(z.regex(/^[\w-]{1,64}$/, 'must be an id, as the `last_id` of the page before tells it'))),
});

/**
 * Reads which page a query asks for. Default: the 20 newest.
 *
 * @throws {GatewayError} 400 that names the parameter at fault.
 */
export function parsePage(query: Readonly<Record<string, string>>): PageRequest {
  const { limit = 20, order = 'desc', after } = parseBody(pageSchema, query);
  return { limit: Number(limit), order, ...(after !== undefined && { after }) };
}
