import { describe, expect, test } from 'vitest';
import { createGateway } from '../create-gateway.ts';
import { GatewayError } from '../gateway-error.ts';
import { createMemoryConversationStore, createMemoryResponseStore, createScriptedRunner } from '../testing/index.ts';
import { openapiDocument } from './openapi-document.ts';

const document = openapiDocument({ version: '1.2.3' });
const page = { html: '<p>', policy: '' };
const app = createGateway({
  runner: createScriptedRunner(),
  conversations: { store: createMemoryConversationStore() },
  responses: { store: createMemoryResponseStore() },
  welcome: page,
  insight: {
    requestEnded: () => {},
    turnEnded: () => {},
    watchGateway: () => {},
    stats: async () => ({}),
    cancelRequest: () => false,
    metrics: async () => ({ contentType: 'text/plain', text: '' }),
    dashboard: page,
  },
  documents: { '/openapi.json': async () => Response.json(document), '/docs': async () => page },
  access: {
    callerOf: () => {
      throw new GatewayError('No key.', { status: 401, code: 'invalid_api_key' });
    },
  },
});

/** `/v1/models/:id{.+}` and `/v1/models/{model}` are one. */
const route = (method: string, path: string): string =>
  `${method.toUpperCase()} ${path.replaceAll(/:\w+(\{[^}]*\})?/g, '{}').replaceAll(/\{\w+\}/g, '{}')}`;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
);

test('every route is in the document, and nothing that is no route', () => {
  const routes = app.routes.map(({ method, path }) => route(method, path));
  expect(operations.map(({ method, path }) => route(method, path)).toSorted()).toEqual([...new Set(routes)].toSorted());
});

test.each(operations)('$method $path asks for a key where the document says so', async ({ method, path, operation }) => {
  const response = await app.request(path.replaceAll(/[{}]/g, ''), { method: method.toUpperCase(), headers: { accept: 'text/html' } });
  const isOpen = (operation['security'] as readonly object[]).length === 0;
  expect(response.status).toBe(isOpen ? 200 : 401);
});

describe('of a parameter', () => {
  const propertiesOf = (name: string): Readonly<Record<string, Readonly<Record<string, unknown>>>> =>
    document.components.schemas[name]?.['properties'] as never;

  test.each(['ChatCompletionRequest', 'CompletionRequest', 'ResponseRequest', 'MessageRequest', 'MessageCountRequest'])(
    'of %s it says what becomes of it',
    (name) => {
      const silent = Object.entries(propertiesOf(name)).filter(([, { description, 'x-support': support }]) => !description || !support);
      expect(silent.map(([key]) => key)).toEqual([]);
    },
  );

  test('within an object too', () => {
    expect(JSON.stringify(propertiesOf('ResponseRequest')['text'])).toContain('ask for it in the prompt');
  });
});

test('replies may tell more later', () => {
  expect(JSON.stringify(document)).not.toContain('"additionalProperties":false');
});
