import type { Context } from 'hono';
import * as z from 'zod/mini';
import type { AddRoute } from '../../http/route.ts';
import type { ResponseStore } from '../../ports/response-store.ts';
import { responseNotFound } from '../../responses/response-not-found.ts';
import { pageOf } from '../page-of.ts';
import { parsePage } from '../parse-page.ts';
import { toList } from '../to-list.ts';

const inputSchema = z.array(z.looseObject({ id: z.string() }));

/**
 * What becomes of responses that are kept: `GET` and `DELETE /v1/responses/{id}`, and their input.
 *
 * @see https://platform.openai.com/docs/api-reference/responses
 */
export function addResponseRoutes(add: AddRoute, store: ResponseStore): void {
  add('GET', '/v1/responses/:id', async (c, { caller }) => {
    const id = responseIdOf(c);
    const found = await store.read(caller.tenant, id);
    if (found === undefined) throw responseNotFound(id);
    return c.json(found.told);
  });
  add('DELETE', '/v1/responses/:id', async (c, { caller }) => {
    const id = responseIdOf(c);
    if (!(await store.delete(caller.tenant, id))) throw responseNotFound(id);
    return c.json({ id, object: 'response', deleted: true });
  });
  add('GET', '/v1/responses/:id/input_items', async (c, { caller }) => {
    const id = responseIdOf(c);
    const page = parsePage(c.req.query());
    const input = await store.readInput(caller.tenant, id);
    if (input === undefined) throw responseNotFound(id);
    const { items, hasMore } = pageOf(inputSchema.parse(input), page, 'in the input of this response');
    return c.json(toList(items, hasMore));
  });
}

/** @throws {GatewayError} 404 for what can't be an id, so that no store has to ask. */
function responseIdOf(c: Context): string {
  const id = c.req.param('id') ?? '';
  if (!/^[\w-]{1,64}$/.test(id)) throw responseNotFound(id);
  return id;
}
