import { Hono } from 'hono';
import { nanoid } from 'nanoid';
import { toErrorBody, toGatewayError } from '../../http/error-response.ts';
import { parseBody } from '../../http/parse-body.ts';
import { readJsonBody } from '../../http/read-json-body.ts';
import type { RequestContext } from '../../http/request-context.ts';
import { toSseResponse, type KeepAlive } from '../../http/sse-response.ts';
import { firstWithin } from '../../http/first-within.ts';
import type { ModelCatalog } from '../../models/model-catalog.ts';
import { runTurn, type RunTurnContext } from '../../turn/run-turn.ts';
import type { TurnEvent } from '../../turn/turn-event.ts';
import { createChunkWriter, type ChunkWriter } from './to-chunks.ts';
import { requestSchema } from './request-schema.ts';
import { toCompletion } from './to-completion.ts';
import { toTurn } from './to-turn.ts';

export interface ChatCompletionsOptions {
  readonly context: RunTurnContext;
  readonly models: ModelCatalog;
  readonly keepAlive: KeepAlive;
  readonly maxBodyBytes: number;
}

/** `POST /chat/completions`, whole or streamed. */
export function createChatCompletionsRoute(options: ChatCompletionsOptions): Hono<{ Variables: RequestContext }> {
  return new Hono<{ Variables: RequestContext }>().post('/chat/completions', async (c) => {
    const request = parseBody(requestSchema, await readJsonBody(c.req.raw, options.maxBodyBytes));
    const turn = toTurn(request, { model: await options.models.resolve(request.model), tenant: '' });
    const identity = { id: `chatcmpl-${nanoid()}`, created: Math.floor(Date.now() / 1000) };
    if (request.stream !== true) {
      return c.json(await toCompletion(runTurn(turn, options.context, c.req.raw.signal), identity));
    }
    const leave = new AbortController();
    const signal = AbortSignal.any([c.req.raw.signal, leave.signal]);
    const writer = createChunkWriter(identity, {
      includeUsage: request.stream_options?.include_usage === true,
      requestedModel: request.model,
    });
    const chunks = toChunks(runTurn(turn, options.context, signal), writer);
    // A turn that fails before its first event is answered with a status of its own.
    const opening = await firstWithin(chunks, options.keepAlive.mode === 'off' ? undefined : options.keepAlive.intervalMs);
    return toSseResponse(opening, {
      keepAlive: options.keepAlive,
      idle: () => writer.idle(),
      fail: (thrown) => {
        const error = toGatewayError(thrown);
        c.var.logger.warn({ error }, 'a stream failed');
        return JSON.stringify(toErrorBody(error));
      },
      onLeave: () => leave.abort(),
    });
  });
}

async function* toChunks(events: AsyncIterable<TurnEvent>, writer: ChunkWriter): AsyncGenerator<string[], void, undefined> {
  for await (const event of events) {
    const chunks = writer.write(event);
    if (chunks.length > 0) yield chunks;
  }
}
