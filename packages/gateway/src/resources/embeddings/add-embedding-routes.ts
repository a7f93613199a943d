import * as z from 'zod/mini';
import { parseBody } from '../../dialects/parse-body.ts';
import { GatewayError } from '../../gateway-error.ts';
import type { AddRoute } from '../../http/route.ts';
import type { Insight } from '../../ports/insight.ts';
import type { Quotas } from '../../quotas/create-quotas.ts';
import { noUsage } from '../../turn/usage.ts';
import { fetchEmbeddings, type EmbeddingsOptions } from './fetch-embeddings.ts';

export interface EmbeddingRoutesOptions {
  /** Undefined: there are none. */
  readonly embeddings: EmbeddingsOptions | undefined;
  /** The largest reply that is read of the other server. */
  readonly maxBytes: number;
  readonly quotas: Quotas | undefined;
  readonly insight: Insight | undefined;
}

/** The body: all but the model is the other server's to read. */
export const requestSchema = z.looseObject({ model: z.string().check(z.minLength(1), z.maxLength(256)) });

/**
 * `POST /v1/embeddings`, which another server answers: Claude has none.
 *
 * @see https://platform.openai.com/docs/api-reference/embeddings
 */
export function addEmbeddingRoutes(add: AddRoute, { embeddings, maxBytes, quotas, insight }: EmbeddingRoutesOptions): void {
  add('POST', '/v1/embeddings', async ({ req: { raw } }, context) => {
    if (embeddings === undefined) throw noEmbeddings();
    const { caller, record, hold } = context;
    const body = parseBody(requestSchema, await context.readJson());
    const { model } = body;
    if (!embeddings.models.includes(model) || caller.models?.includes(model) === false) throw unknownModel(model);
    record.model = model;
    const allowance = await quotas?.beginTurn(caller, model);
    let usage = noUsage;
    let outcome: 'ok' | 'error' | 'left' = 'error';
    try {
      const { json, tokens } = await fetchEmbeddings(body, { ...embeddings, maxBytes, hold, signal: raw.signal });
      usage = { ...noUsage, inputTokens: tokens };
      outcome = 'ok';
      return new Response(json, { headers: { 'content-type': 'application/json' } });
    } catch (error) {
      if (raw.signal.aborted) outcome = 'left';
      throw error;
    } finally {
      record.usage = usage;
      await allowance?.end({ usage });
      insight?.turnEnded({ caller: caller.name ?? caller.tenant, model, outcome, usage, queuedMs: 0 });
    }
  });
}

function noEmbeddings(): GatewayError {
  return new GatewayError('Claude has no embeddings, and this server gets none from another. Its operator can name one that has.', {
    status: 404,
    code: 'unknown_url',
    option: 'embeddings',
  });
}

function unknownModel(model: string): GatewayError {
  return new GatewayError(
    `The model \`${model}\` does not exist, has no embeddings, or you do not have access to it. GET /v1/models lists the models of this server.`,
    { status: 404, code: 'model_not_found', param: 'model' },
  );
}
