import type { Engine } from '../../engine/engine.ts';
import { parseRequest, type ResponsesRequest } from '../../dialects/responses/request/parse-request.ts';
import { resolveReferences } from '../../dialects/responses/request/resolve-references.ts';
import { responses } from '../../dialects/responses/responses.ts';
import { toResponseUsage } from '../../dialects/responses/reply/to-response.ts';
import { toSummary } from '../../dialects/responses/request/to-summary.ts';
import { toTurnRequest } from '../../dialects/responses/request/to-turn-request.ts';
import type { AddRoute, RouteContext } from '../../http/route.ts';
import { linkAbort } from '../../basics/waiting.ts';
import { foldTurn } from '../../turn/fold-turn.ts';
import { randomDigits } from '../../basics/random-id.ts';

/**
 * What does not answer a request, but helps to make it: `POST /v1/responses/input_tokens` tells how many tokens its input has,
 * `POST /v1/responses/compact` has Claude sum it up, for the caller to send in its place.
 *
 * @see https://platform.openai.com/docs/api-reference/responses/compact
 */
export function addResponseHelpers(add: AddRoute, engine: Engine): void {
  const { callFault, path } = responses;
  const read = async (headers: Headers, context: RouteContext): Promise<ResponsesRequest> =>
    resolveReferences(parseRequest(await context.readJson(), headers), engine.itemFinder(context.caller.tenant));
  add(
    'POST',
    `${path}/input_tokens`,
    async ({ req: { raw } }, context) => {
      const request = await read(raw.headers, context);
      const plan = await engine.plan(toTurnRequest(request), context.caller, null);
      context.record.model = plan.model;
      const { tokens, headers } = await engine.countInput(plan, { callFault, context, signal: raw.signal });
      return Response.json({ object: 'response.input_tokens', input_tokens: tokens }, { headers });
    },
    { errorForm: responses },
  );
  add(
    'POST',
    `${path}/compact`,
    async ({ req: { raw } }, context) => Response.json(await compact(await read(raw.headers, context), engine, context, raw.signal)),
    { errorForm: responses },
  );
}

/** A history of which only a summary is left, sealed. */
async function compact(request: ResponsesRequest, engine: Engine, context: RouteContext, signal: AbortSignal): Promise<object> {
  const plan = await engine.plan(toSummary(toTurnRequest(request)), context.caller, null);
  context.record.model = plan.model;
  const { conversation } = plan.request;
  const caller = linkAbort(signal);
  context.cancellable?.(caller);
  const answer = await engine.answer(plan, { conversation, callFault: responses.callFault, context, signal: caller.signal });
  const fold = foldTurn();
  for (const turn of answer.turns) for await (const event of turn) fold.add(event);
  const compactions = fold.answer.blocks.flatMap(({ started }) => (started.type === 'other' ? [started.block] : []));
  return {
    id: `resp_${randomDigits()}`,
    object: 'response.compaction',
    created_at: Math.floor(Date.now() / 1000),
    output: compactions.map((block) => ({ id: `cmp_${randomDigits()}`, ...block })),
    usage: toResponseUsage(fold.answer.usage),
  };
}
