import type { Answer } from '../../engine/answer.ts';
import type { Dialect } from '../dialect.ts';
import { openaiErrorBody } from '../openai/openai-error.ts';
import { sseContentType } from '../sse.ts';
import { createResponseWriter, type ResponseWriter } from './reply/create-response-writer.ts';
import { nameOf } from './request/name-of.ts';
import { parseRequest, type ResponsesRequest } from './request/parse-request.ts';
import { resolveReferences } from './request/resolve-references.ts';
import { responsesCallFault } from './request/responses-call-fault.ts';
import { toTurnRequest } from './request/to-turn-request.ts';
import { randomDigits } from '../../random-id.ts';

/** OpenAI's responses: `POST /v1/responses`, whole or streamed. */
export const responses: Dialect<ResponsesRequest> = {
  path: '/v1/responses',
  parse: parseRequest,
  resolve: resolveReferences,
  toTurnRequest,
  nameOf: (_request, field) => nameOf(field),
  callFault: responsesCallFault,

  async replyWhole(request, answer) {
    const writer = newWriter(request, answer);
    for (const turn of answer.turns) for await (const event of turn) writer.add(event);
    const told = writer.told();
    const isKept = await answer.response?.keep(told);
    return { ...told, store: isKept === true };
  },

  replyStreamed: newWriter,
  streamType: sseContentType,
  errorBody: openaiErrorBody,
};

function newWriter(request: ResponsesRequest, answer: Answer): ResponseWriter {
  const { reasoning } = request.body;
  return createResponseWriter(
    request,
    {
      id: answer.response?.id ?? `resp_${randomDigits()}`,
      createdAt: Math.floor(Date.now() / 1000),
      isKept: answer.response !== undefined,
    },
    {
      tools: request.toolset.given,
      showsThinking: Boolean(reasoning?.summary ?? reasoning?.generate_summary) || answer.activity === 'reasoning',
      tellsActivity: answer.activity === 'events',
    },
  );
}
