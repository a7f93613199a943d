import type { Sampling, Turn } from '../../turn/turn.ts';
import type { ChatCompletionRequest } from './request-schema.ts';
import { toMessages } from './to-messages.ts';

export interface ToTurnContext {
  /** The model that the runner is to be asked for, once aliases are resolved. */
  readonly model: string;
  readonly tenant: string;
}

/**
 * Says in neutral terms what a chat completion asks for.
 *
 * @throws {GatewayError} 400 for what no schema can see, such as a tool result without its call.
 */
export function toTurn(request: ChatCompletionRequest, context: ToTurnContext): Turn {
  const { system, messages } = toMessages(request.messages);
  return { model: context.model, system, messages, sampling: toSampling(request), tenant: context.tenant };
}

function toSampling(request: ChatCompletionRequest): Sampling {
  const maxOutputTokens = request.max_completion_tokens ?? request.max_tokens;
  const stop = typeof request.stop === 'string' ? [request.stop] : request.stop;
  return {
    ...(typeof maxOutputTokens === 'number' && { maxOutputTokens }),
    // OpenAI's scale ends at 2, Claude's at 1; what is hotter than Claude goes is Claude's hottest.
    ...(typeof request.temperature === 'number' && { temperature: Math.min(request.temperature, 1) }),
    ...(typeof request.top_p === 'number' && { topP: request.top_p }),
    ...(stop && stop.length > 0 && { stopSequences: stop }),
  };
}
