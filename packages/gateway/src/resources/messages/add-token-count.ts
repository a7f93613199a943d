import { messages } from '../../dialects/messages/messages.ts';
import { parseCountRequest } from '../../dialects/messages/request/parse-request.ts';
import { toTurnRequest } from '../../dialects/messages/request/to-turn-request.ts';
import type { Engine } from '../../engine/engine.ts';
import type { AddRoute } from '../../http/route.ts';

/**
 * `POST /v1/messages/count_tokens`: how many tokens the input of a request has; a header says whether they were counted or estimated.
 *
 * @see https://docs.anthropic.com/en/api/messages-count-tokens
 */
export function addTokenCount(add: AddRoute, engine: Engine): void {
  const { callFault, path } = messages;
  add(
    'POST',
    `${path}/count_tokens`,
    async ({ req: { raw } }, context) => {
      const request = parseCountRequest(await context.readJson(), raw.headers);
      const plan = await engine.plan(toTurnRequest(request), context.caller, null);
      context.record.model = plan.model;
      const { tokens, headers } = await engine.countInput(plan, { callFault, context, signal: raw.signal });
      return Response.json({ input_tokens: tokens }, { headers });
    },
    { errorForm: messages },
  );
}
