import { isAnthropicCall } from '../../dialects/messages/anthropic-error.ts';
import { toAnthropicModel, toModelPage } from '../../dialects/messages/to-model-page.ts';
import type { AddRoute } from '../../http/route.ts';
import type { ModelCatalog } from '../../models/model-catalog.ts';

/**
 * `GET /v1/models` and `/v1/models/{model}`, where a model's name may have slashes: in OpenAI's form, or, for clients of Anthropic's, in theirs.
 *
 * @see https://platform.openai.com/docs/api-reference/models
 * @see https://docs.anthropic.com/en/api/models-list
 */
export function addModelRoutes(add: AddRoute, models: ModelCatalog): void {
  add('GET', '/v1/models', async (c, { caller }) => {
    const data = await models.list(caller);
    if (isAnthropicCall(c.req.raw)) return c.json(toModelPage(data, new URL(c.req.url).searchParams));
    return c.json({ object: 'list', data: [...data, ...models.listOthers(caller)] });
  });
  add('GET', '/v1/models/:id{.+}', async (c, { caller }) => {
    const id = c.req.param('id') ?? '';
    if (isAnthropicCall(c.req.raw)) return c.json(toAnthropicModel(await models.get(id, caller)));
    return c.json(models.listOthers(caller).find((other) => other.id === id) ?? (await models.get(id, caller)));
  });
}
