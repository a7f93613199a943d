import { gatherAnswer } from '../../turn/fold-turn.ts';
import { randomId } from '../../basics/random-id.ts';
import type { Dialect } from '../dialect.ts';
import { sseContentType } from '../sse.ts';
import { anthropicErrorBody } from './anthropic-error.ts';
import { toAnthropicModel, toModelPage } from './to-model-page.ts';
import { createMessageWriter } from './reply/message-writer.ts';
import { toMessage } from './reply/to-message.ts';
import { type MessagesRequest, parseRequest } from './request/parse-request.ts';
import { toTurnRequest } from './request/to-turn-request.ts';
import { badRequest, type GatewayError } from '../../gateway-error.ts';
import type { CallFault } from '../../turn/find-call-fault.ts';

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

/** Says in Anthropic's words what is wrong with calls and results: in the request, or, without a place, in its conversation. */
function messagesCallFault(fault: CallFault): GatewayError {
  const { place = 'messages' } = fault;
  switch (fault.type) {
    case 'unanswered':
      return badRequest(
        `${place}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${fault.ids.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
        place,
      );
    case 'twice':
      return badRequest(`${place}: \`tool_use\` ids must be unique, and '${fault.id}' stands there twice.`, place);
    case 'unexpected':
      return badRequest(
        `${place}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${fault.id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
        place,
      );
  }
}
