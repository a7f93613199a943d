import type { Answer } from '../../engine/answer.ts';
import type { Dialect } from '../dialect.ts';
import { openaiErrorBody } from '../openai/openai-error.ts';
import { sseContentType } from '../sse.ts';
import { newId, type OutputOptions } from './reply/output.ts';
import { createResponseWriter, type ResponseWriter } from './reply/create-response-writer.ts';
import { callIdOf } from './request/hosted-items.ts';
import { parseRequest, type ResponsesRequest } from './request/parse-request.ts';
import { resolveReferences } from './request/resolve-references.ts';
import { responsesCallFault } from './request/pair-outputs.ts';
import { toTurnRequest } from './request/to-turn-request.ts';
import type { TurnField } from '../../turn/turn.ts';

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
      id: answer.response?.id ?? newId('resp'),
      createdAt: Math.floor(Date.now() / 1000),
      isKept: answer.response !== undefined,
    },
    {
      tools: request.toolset.given,
      showsThinking: Boolean(reasoning?.summary ?? reasoning?.generate_summary) || answer.activity === 'reasoning',
      tellsActivity: answer.activity === 'events',
      tellsSearches: answer.searches === true,
      tellsSources: request.body.include?.includes('web_search_call.action.sources') === true,
      ...toHosted(request, answer),
    },
  );
}

/** Who brings the list of a server's tools has it. */
function toHosted({ body: { input } }: ResponsesRequest, { hosted }: Answer): Pick<OutputOptions, 'hosted' | 'approvals'> {
  if (hosted === undefined) return {};
  const items = typeof input === 'string' ? [] : (input ?? []);
  const listed = new Set(items.flatMap((item) => (item.type === 'other' && item.kind === 'mcp_list_tools' ? [item['server_label']] : [])));
  const allowed = items.flatMap((item) => (item.type === 'mcp_approval_response' ? [item.approval_request_id] : []));
  return {
    hosted: { known: hosted.known, servers: hosted.servers.filter(({ label }) => !listed.has(label)) },
    approvals: new Map(allowed.map((id) => [callIdOf(id), id])),
  };
}

const names: Readonly<Record<TurnField, string>> = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  seed: 'seed',
  thinking: 'reasoning.effort',
  messages: 'input',
  tools: 'tools',
  outputSchema: 'text.format',
};

/** The body's own name of a field. */
function nameOf(field: TurnField): string {
  return names[field];
}
