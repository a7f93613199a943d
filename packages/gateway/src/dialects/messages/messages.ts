import { gatherAnswer } from '../../turn/fold-turn.ts';
import { randomId } from '../../basics/random-id.ts';
import type { Dialect } from '../dialect.ts';
import { sseContentType } from '../sse.ts';
import { anthropicErrorBody } from './anthropic-error.ts';
import { toAnthropicModel, toModelPage } from './to-model-page.ts';
import { createMessageWriter } from './reply/message-writer.ts';
import { toMessage } from './reply/to-message.ts';
import { messagesCallFault } from './request/call-fault.ts';
import { parseRequest, type MessagesRequest } from './request/parse-request.ts';
import { toTurnRequest } from './request/to-turn-request.ts';

const names = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  thinking: 'thinking',
  seed: 'seed',
  messages: 'messages',
  tools: 'tools',
} as const;

/** Anthropic's own: `POST /v1/messages`, whole or streamed. */
export const messages: Dialect<MessagesRequest> = {
  path: '/v1/messages',
  parse: parseRequest,
  toTurnRequest,
  nameOf({ body }, field) {
    if (field === 'outputSchema') return body.output_config?.format ? 'output_config.format' : 'output_format';
    return names[field];
  },
  callFault: messagesCallFault,

  async replyWhole(_request, { turns: [turn] }) {
    return toMessage(await gatherAnswer(turn), newMessageId());
  },

  replyStreamed: () => createMessageWriter(newMessageId()),
  streamType: sseContentType,
  errorBody: anthropicErrorBody,
  // All of them say the API's version, and clients of OpenAI's never do.
  clients: {
    sent: ({ headers }) => headers.has('anthropic-version'),
    requestIdHeader: 'request-id',
    toModelList: toModelPage,
    toModel: toAnthropicModel,
  },
};

function newMessageId(): string {
  return `msg_${randomId()}`;
}
