import type { DialectClients, ErrorForm } from '../../dialects/dialect.ts';
import type { AddRoute } from '../../http/route.ts';
import type { ModelCatalog } from '../../models/model-catalog.ts';

/**
 * `GET /v1/models` and `/v1/models/{model}`, where a model's name may have slashes: in OpenAI's form, or, for clients that a dialect knows, in theirs.
 *
 * @see https://platform.openai.com/docs/api-reference/models
 */
export function addModelRoutes(add: AddRoute, models: ModelCatalog, dialects: readonly Pick<ErrorForm, 'clients'>[]): void {
  const clientsOf = (request: Request): DialectClients | undefined => dialects.find(({ clients }) => clients?.sent(request))?.clients;
  add('GET', '/v1/models', async (c, { caller }) => {
    const data = await models.list(caller);
    const clients = clientsOf(c.req.raw);
    if (clients !== undefined) return c.json(clients.toModelList(data, new URL(c.req.url).searchParams));
    return c.json({ object: 'list', data: [...data, ...models.listOthers(caller)] });
  });
  add('GET', '/v1/models/:id{.+}', async (c, { caller }) => {
    const id = c.req.param('id') ?? '';
    const clients = clientsOf(c.req.raw);
    if (clients !== undefined) return c.json(clients.toModel(await models.get(id, caller)));
    return c.json(models.listOthers(caller).find((other) => other.id === id) ?? (await models.get(id, caller)));
  });
}
