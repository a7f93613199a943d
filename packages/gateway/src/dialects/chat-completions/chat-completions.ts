import type { Answer } from '../../engine/answer.ts';
import { randomId } from '../../basics/random-id.ts';
import type { Dialect } from '../dialect.ts';
import { openaiErrorBody } from '../openai/openai-error.ts';
import { toOpenaiSse } from '../openai/openai-sse.ts';
import { sseContentType } from '../sse.ts';
import { createChunkWriter } from './reply/chunk-writer.ts';
import type { CompletionIdentity } from '../openai/completion-identity.ts';
import { gatherTurn } from './reply/gather-turn.ts';
import { type ChatCompletionRequest, requestSchema } from './request/request-schema.ts';
import { toCompletion } from './reply/to-completion.ts';
import { openaiCallFault } from '../openai/openai-call-fault.ts';
import { toTurnRequest } from './request/to-turn-request.ts';
import { badRequest } from '../../gateway-error.ts';
import { parseBody } from '../parse-body.ts';
import type { TurnField } from '../../turn/turn.ts';

/** OpenAI's chat completions: `POST /v1/chat/completions`, whole or streamed. */
export const chatCompletions: Dialect<ChatCompletionRequest> = {
  path: '/v1/chat/completions',
  parse: parseRequest,
  toTurnRequest,
  nameOf,
  callFault: openaiCallFault,

  async replyWhole(request, answer) {
    const form = formOf(request, answer);
    const choices = await Promise.all(answer.turns.map((turn, index) => gatherTurn(turn, { index, ...form })));
    return toCompletion(choices, newIdentity(), { conversationId: answer.conversationId(), tellsActivity: form.tellsActivity });
  },

  replyStreamed(request, answer) {
    return toOpenaiSse({
      ...createChunkWriter(newIdentity(), {
        ...formOf(request, answer),
        includeUsage: request.stream_options?.include_usage === true,
        requestedModel: request.model,
        conversationId: answer.conversationId(),
        choices: answer.turns.length,
      }),
      fail: (error) => [JSON.stringify(openaiErrorBody(error))],
    });
  },

  streamType: sseContentType,
  errorBody: openaiErrorBody,
};

interface ReplyForm {
  /** Whether calls are told in the older form. */
  readonly functionCall: boolean;
  /** Whether the answer was to fit a schema: then a refusal has a place of its own. */
  readonly structured: boolean;
  readonly tellsActivity: boolean;
  /** The tools whose calls are told with a text. */
  readonly customTools: ReadonlySet<string>;
}

function formOf(request: ChatCompletionRequest, answer: Answer): ReplyForm {
  return {
    functionCall: !request.tools && Boolean(request.functions),
    structured: request.response_format?.type === 'json_schema',
    tellsActivity: answer.activity === 'events',
    customTools: new Set(request.tools?.flatMap((tool) => (tool.type === 'custom' ? [tool.custom.name] : []))),
  };
}

function newIdentity(): CompletionIdentity {
  return { id: `chatcmpl-${randomId()}`, created: Math.floor(Date.now() / 1000) };
}

/** @throws {GatewayError} 400 for a body that is malformed or contradicts itself. */
function parseRequest(body: unknown): ChatCompletionRequest {
  const request = parseBody(requestSchema, body, { parameters: 'input_schema' });
  if (!request.top_logprobs || request.logprobs === true) return request;
  throw badRequest("Invalid value for 'top_logprobs': it needs 'logprobs' to be true.", 'top_logprobs');
}

const names: Readonly<Record<TurnField, string>> = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  seed: 'seed',
  thinking: 'thinking',
  messages: 'messages',
  tools: 'tools',
  outputSchema: 'response_format',
};

/** The request's own name of a field; how to think can be said by three of them, and tools by two. */
function nameOf({ thinking, reasoning_effort: effort, functions, tools }: ChatCompletionRequest, field: TurnField): string {
  if (field === 'tools' && functions && !tools) return 'functions';
  if (field !== 'thinking' || thinking) return names[field];
  return effort ? 'reasoning_effort' : 'reasoning';
}
