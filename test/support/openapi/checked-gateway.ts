import type { GatewayOptions } from '@claude-code-api/gateway';
import type { Hono } from 'hono';
import { checkReply } from './check-reply.ts';

// The query tells it apart from the name that stands for this file here.
const { createGateway: create } = (await import(
  new URL('../../../packages/gateway/src/create-gateway.ts?unchecked', import.meta.url).href
)) as { createGateway: (options: GatewayOptions) => Hono };

/** The gateway as tests have it (`vitest.config.ts`): all that it answers is held to the OpenAPI document. */
export function createGateway(options: GatewayOptions): Hono {
  const app = create(options);
  // What a test makes of a gateway in addition, the document does not know.
  if (options.dialects !== undefined) return app;
  const { fetch } = app;
  app.fetch = async (request, ...more) => checkReply(request, await fetch(request, ...more));
  return app;
}
