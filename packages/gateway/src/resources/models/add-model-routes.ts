import type { AddRoute } from '../../http/route.ts';
import type { ModelCatalog } from '../../models/model-catalog.ts';

/**
 * `GET /v1/models` and `/v1/models/{model}`, where a model's name may have slashes.
 *
 * @see https://platform.openai.com/docs/api-reference/models
 */
export function addModelRoutes(add: AddRoute, models: ModelCatalog): void {
  add('GET', '/v1/models', async (c, { caller }) => c.json({ object: 'list', data: await models.list(caller) }));
  add('GET', '/v1/models/:id{.+}', async (c, { caller }) => c.json(await models.get(c.req.param('id') ?? '', caller)));
}
