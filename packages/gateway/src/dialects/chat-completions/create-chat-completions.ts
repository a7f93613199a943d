import type { Context } from 'hono';
import { toErrorBody, toGatewayError } from '../../http/error-response.ts';
import { firstWithin } from '../../http/first-within.ts';
import { linkAbort } from '../../http/link-abort.ts';
import { parseBody } from '../../http/parse-body.ts';
import { randomId } from '../../http/random-id.ts';
import { readJsonBody } from '../../http/read-json-body.ts';
import { toSseResponse, type KeepAlive } from '../../http/sse-response.ts';
import type { MediaAccess } from '../../media/media-access.ts';
import type { ModelCatalog } from '../../models/model-catalog.ts';
import type { Logger } from '../../ports/logger.ts';
import { cutAtStop } from '../../turn/cut-at-stop.ts';
import { mergeTurns, type IndexedEvent } from '../../turn/merge-turns.ts';
import { runTurn, type RunTurnContext } from '../../turn/run-turn.ts';
import type { Turn } from '../../turn/turn.ts';
import type { TurnEvent } from '../../turn/turn-event.ts';
import { withOutputCheck } from '../../turn/with-output-check.ts';
import { checkEffects } from './check-effects.ts';
import { createChunkWriter, type ChunkWriter } from './chunk-writer.ts';
import type { CompletionIdentity } from './completion-identity.ts';
import { gatherTurn } from './gather-turn.ts';
import { requestSchema, type ChatCompletionRequest } from './request-schema.ts';
import { toCompletion, type ChatCompletion } from './to-completion.ts';
import type { ReasoningEffort } from './to-reasoning.ts';
import { toSampling, type SamplingWishes } from './to-sampling.ts';
import { toTurn } from './to-turn.ts';

export interface ChatCompletionsOptions {
  readonly context: RunTurnContext;
  readonly turnTimeoutMs: number;
  readonly models: ModelCatalog;
  readonly media: MediaAccess;
  readonly keepAlive: KeepAlive;
  readonly maxBodyBytes: number;
  /** How hard to think when a request does not say. */
  readonly defaultEffort: ReasoningEffort;
  /** Whether a parameter without effect is an error, when a request does not say. */
  readonly strictParameters: boolean;
}

/** `POST /v1/chat/completions`, whole or streamed. */
export function createChatCompletions(options: ChatCompletionsOptions): (c: Context, logger: Logger) => Promise<Response> {
  return async (c, logger) => {
    const request = parseBody(requestSchema, await readJsonBody(c.req.raw, options.maxBodyBytes));
    const strict = c.req.raw.headers.get('x-strict-parameters');
    const model = await options.models.resolve(request.model);
    const wishes = toSampling(request, (await options.context.runner.sampling?.(model)) ?? 'all');
    const ignored = checkEffects(request, strict === null ? options.strictParameters : strict === 'true', wishes.untaken);
    if (ignored.length > 0) logger.info({ ignored }, 'a request has parameters without effect');
    // Only turns that can be left, or that run side by side, need a signal of their own.
    const caller = request.stream === true || (request.n ?? 1) > 1 ? linkAbort(c.req.raw.signal) : undefined;
    const signal = caller?.signal ?? c.req.raw.signal;
    const reply: Reply = {
      request,
      turns: await startTurns(request, { model, ...wishes }, options, signal),
      identity: { id: `chatcmpl-${randomId()}`, created: Math.floor(Date.now() / 1000) },
      shape: { functionCall: !request.tools && Boolean(request.functions), structured: request.response_format?.type === 'json_schema' },
      leave: () => caller?.abort(),
    };
    const response = request.stream === true ? await stream(reply, options.keepAlive, logger) : c.json(await gather(reply));
    if (ignored.length > 0) response.headers.set('x-ignored-parameters', ignored.join(', '));
    return response;
  };
}

/** One turn for each choice that is asked for; none runs before it is read. */
async function startTurns(
  request: ChatCompletionRequest,
  { model, sampling, blankStops }: SamplingWishes & { readonly model: string },
  options: ChatCompletionsOptions,
  signal: AbortSignal,
): Promise<AsyncIterable<TurnEvent>[]> {
  const turn = await toTurn(request, {
    model,
    tenant: '',
    timeoutMs: options.turnTimeoutMs,
    sampling,
    media: options.media,
    defaultEffort: options.defaultEffort,
  });
  return Array.from({ length: request.n ?? 1 }, () => {
    const run = (each: Turn): AsyncIterable<TurnEvent> => runTurn(each, options.context, signal);
    const events = turn.outputSchema === undefined ? run(turn) : withOutputCheck(turn, run, request.stream === true);
    return blankStops.length === 0 ? events : cutAtStop(events, blankStops);
  });
}

interface Reply {
  readonly request: ChatCompletionRequest;
  readonly turns: readonly AsyncIterable<TurnEvent>[];
  readonly identity: CompletionIdentity;
  readonly shape: { readonly functionCall: boolean; readonly structured: boolean };
  /** Stops what still runs. */
  readonly leave: () => void;
}

async function gather({ turns, identity, shape, leave }: Reply): Promise<ChatCompletion> {
  try {
    return toCompletion(await Promise.all(turns.map((turn, index) => gatherTurn(turn, { ...shape, index }))), identity);
  } catch (error) {
    leave();
    throw error;
  }
}

async function stream({ request, turns, identity, shape, leave }: Reply, keepAlive: KeepAlive, logger: Logger): Promise<Response> {
  const includeUsage = request.stream_options?.include_usage === true;
  const writer = createChunkWriter(identity, { ...shape, includeUsage, requestedModel: request.model });
  const chunks = toChunks(mergeTurns(turns, leave), writer);
  // A turn that fails before its first event is answered with a status of its own.
  const opening = await firstWithin(chunks, keepAlive.mode === 'off' ? undefined : keepAlive.intervalMs);
  return toSseResponse(opening, {
    keepAlive,
    idle: () => writer.idle(),
    fail: (thrown) => {
      logger.warn({ error: thrown }, 'a stream failed');
      return JSON.stringify(toErrorBody(toGatewayError(thrown)));
    },
    onLeave: leave,
  });
}

async function* toChunks(events: AsyncIterable<IndexedEvent>, writer: ChunkWriter): AsyncGenerator<string[], void, undefined> {
  for await (const { index, event } of events) {
    const chunks = writer.write(event, index);
    if (chunks.length > 0) yield chunks;
  }
  const last = writer.end();
  if (last.length > 0) yield last;
}
