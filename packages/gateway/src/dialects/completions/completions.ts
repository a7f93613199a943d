import { gatherAnswer } from '../../turn/fold-turn.ts';
import { randomId } from '../../basics/random-id.ts';
import type { Dialect } from '../dialect.ts';
import { openaiCallFault } from '../openai/openai-call-fault.ts';
import { openaiErrorBody } from '../openai/openai-error.ts';
import { toOpenaiSse } from '../openai/openai-sse.ts';
import { sseContentType } from '../sse.ts';
import { createTextWriter, type TextForm, toTextCompletion } from './text-completion.ts';
import { type CompletionRequest, parseRequest } from './parse-request.ts';
import type { TurnRequest } from '../../engine/turn-request.ts';
import { ineffectiveKeys } from '../parameters.ts';
import { toSampling } from '../openai/to-sampling.ts';
import { parameters } from './parameters.ts';

const names = { temperature: 'temperature', topP: 'top_p', seed: 'seed', messages: 'prompt' };

/** OpenAI's older completions: `POST /v1/completions`, whole or streamed. Each prompt is the one message of a turn of its own. */
export const completions: Dialect<CompletionRequest> = {
  path: '/v1/completions',
  parse: parseRequest,
  toTurnRequest: toTurnRequests,
  nameOf: (_request, field) => ({ ...names, topK: field, thinking: field, tools: field, outputSchema: field })[field],
  callFault: openaiCallFault,
  replyWhole: async (request, { turns }) => toTextCompletion(await Promise.all(turns.map(gatherAnswer)), formOf(request)),
  replyStreamed: (request) => toOpenaiSse(createTextWriter(formOf(request))),
  streamType: sseContentType,
  errorBody: openaiErrorBody,
};

function formOf({ model, prompts, n, echo, stream_options: options }: CompletionRequest): TextForm {
  return {
    id: `cmpl-${randomId()}`,
    created: Math.floor(Date.now() / 1000),
    requestedModel: model,
    echoed: (choice) => (echo === true ? (prompts[Math.floor(choice / (n ?? 1))] ?? '') : ''),
    includeUsage: options?.include_usage === true,
  };
}

/** Says in neutral terms what a completion asks for: each prompt is a turn. They are part of no conversation. */
function toTurnRequests({ prompts, ...request }: CompletionRequest): TurnRequest[] {
  const { max_tokens, temperature, top_p, stop, seed, user } = request;
  const sampling = toSampling({ max_tokens, temperature, top_p, stop });
  return prompts.map((text, index) => ({
    model: request.model,
    system: [],
    messages: [
      { role: 'user', content: [{ type: 'text', text }], place: typeof request.prompt === 'string' ? 'prompt' : `prompt[${index}]` },
    ],
    tools: [],
    sampling,
    endUser: user || undefined,
    seed: seed ?? undefined,
    keep: false,
    metadata: {},
    choices: request.n ?? 1,
    streamed: request.stream === true,
    ignored: ineffectiveKeys(parameters, request),
  }));
}
