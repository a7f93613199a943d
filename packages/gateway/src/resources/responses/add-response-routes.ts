import type { Context } from 'hono';
import * as z from 'zod/mini';
import { badRequest } from '../../gateway-error.ts';
import { parseBody } from '../../dialects/parse-body.ts';
import { toErrorEvent, toEventFrame } from '../../dialects/responses/reply/stream-event.ts';
import { sseContentType } from '../../dialects/sse.ts';
import type { AddRoute, RouteContext } from '../../http/route.ts';
import { type KeepAlive, toStreamResponse } from '../../http/stream-response.ts';
import type { ResponseStore, StoredResponse } from '../../ports/response-store.ts';
import type { Background } from '../../responses/background.ts';
import { responseNotFound } from '../../responses/response-not-found.ts';
import { pageOf, parsePage, toList } from '../page.ts';

export interface ResponseRoutesOptions {
  readonly store: ResponseStore;
  /** Knows what has become of responses that nobody waits for. Absent: there are none. */
  readonly background?: Background;
  readonly keepAlive: KeepAlive;
}

const inputSchema = z.array(z.looseObject({ id: z.string() }));

const querySchema = z.looseObject({
  stream: z.optional(z.enum(['true', 'false'])),
  starting_after: z.optional(z.string().check(z.regex(/^\d{1,9}$/, 'must be a whole number, the `sequence_number` of an event'))),
});

/**
 * What becomes of responses that are kept: `GET` and `DELETE /v1/responses/{id}`, their input, and the end of those that run.
 *
 * @see https://platform.openai.com/docs/api-reference/responses
 */
export function addResponseRoutes(add: AddRoute, options: ResponseRoutesOptions): void {
  const { store, background } = options;
  add('GET', '/v1/responses/:id', async (c, context) => {
    const id = responseIdOf(c);
    const { stream, starting_after: after } = parseBody(querySchema, c.req.query());
    const found = await (background ?? store).read(context.caller.tenant, id);
    if (found === undefined) throw responseNotFound(id);
    if (stream !== 'true') return c.json(found.told);
    return streamEvents(found, after === undefined ? 0 : Number(after) + 1, context, options);
  });
  // Who has used up what they may ask for may still end what they have asked for.
  add(
    'POST',
    '/v1/responses/:id/cancel',
    async (c, { caller }) => {
      const id = responseIdOf(c);
      const found = await (background?.cancel(caller.tenant, id) ?? store.read(caller.tenant, id));
      if (found === undefined) throw responseNotFound(id);
      if (found.background === undefined) throw notInBackground('can not be cancelled', undefined);
      return c.json(found.told);
    },
    { access: 'caller' },
  );
  // Whoever runs it finds that it is gone, and stops.
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

/** Tells the events of a response from one on, those that are there and those that come. */
function streamEvents(
  found: StoredResponse,
  from: number,
  context: RouteContext,
  { background, keepAlive }: ResponseRoutesOptions,
): Response {
  if (found.background === undefined || background === undefined) throw notInBackground('has no events that are kept', 'stream');
  const { state, eventCount } = found.background;
  if (state === 'ended' && from > eventCount)
    throw badRequest(
      `Invalid value for 'starting_after': the last event of this response has the sequence_number ${eventCount - 1}.`,
      'starting_after',
    );
  const { caller, logger } = context;
  const end = context.goOn();
  const reader = new AbortController();
  return toStreamResponse(background.follow(caller.tenant, found.id, from, reader.signal), {
    contentType: sseContentType,
    keepAlive,
    idle: () => [toEventFrame({ type: 'keepalive' }, Math.max(0, from - 1))],
    fail(thrown) {
      logger.warn({ error: thrown, response: found.id }, 'the events of a response can not be told');
      end('error', thrown);
      return [toEventFrame(toErrorEvent(context.toldError(thrown)), Math.max(0, from - 1))];
    },
    onEnd: () => end('ok'),
    onLeave() {
      end('left');
      reader.abort();
    },
  });
}

/** @throws {GatewayError} 404 for what can't be an id, so that no store has to ask. */
function responseIdOf(c: Context): string {
  const id = c.req.param('id') ?? '';
  if (!/^[\w-]{1,64}$/.test(id)) throw responseNotFound(id);
  return id;
}

function notInBackground(what: string, param: string | undefined): Error {
  return badRequest(`This response ${what}: it was not made with \`background: true\`.`, param, 'response_not_in_background');
}
