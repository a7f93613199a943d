import type { TurnRequest } from '../../../engine/turn-request.ts';
import { toSystem } from '../../../turn/system-text.ts';
import { ineffectiveParts } from './ineffective-parts.ts';
import { namedConversation } from './named-conversation.ts';
import { ineffectiveKeys } from './parameters.ts';
import type { ChatCompletionRequest } from './request-schema.ts';
import { toOutputSchema } from './to-output-schema.ts';
import { toReasoningWish } from './to-reasoning-wish.ts';
import { toRequestMessages } from './to-request-messages.ts';
import { toSampling } from './to-sampling.ts';
import { toTools } from './to-tools.ts';

/**
 * Says in neutral terms what a chat completion asks for.
 *
 * @throws {GatewayError} 400 for what no schema can see, such as a choice of a tool that is not there.
 */
export function toTurnRequest(request: ChatCompletionRequest): TurnRequest {
  const { conversation_id: _, ...metadata } = request.metadata ?? {};
  const { system, seed, activity } = request;
  const { tools, choice } = toTools(request);
  const reasoning = toReasoningWish(request);
  const outputSchema = toOutputSchema(request.response_format);
  const endUser = request.safety_identifier ?? request.user;
  const conversation = namedConversation(request);
  return {
    model: request.model,
    system: toSystem(typeof system === 'string' ? system : (system ?? []).map(({ text }) => text).join('\n')),
    messages: toRequestMessages(request.messages),
    tools,
    ...(choice !== undefined && { toolChoice: choice }),
    sampling: toSampling(request),
    ...(reasoning !== undefined && { reasoning }),
    ...(outputSchema !== undefined && { outputSchema }),
    ...(endUser && { endUser }),
    ...(conversation !== undefined && { conversation }),
    keep: request.store !== false,
    metadata,
    choices: request.n ?? 1,
    streamed: request.stream === true,
    ...(typeof seed === 'number' && { seed }),
    ...(activity && { activity }),
    ignored: [...ineffectiveKeys(request), ...ineffectiveParts(request)],
  };
}
