import type { AskedTurn, TurnSources } from '../../../engine/turn-request.ts';
import { toSystem } from '../../../turn/system-text.ts';
import type { ChatCompletionRequest } from './request-schema.ts';
import { toMessages } from './to-messages.ts';
import { toOutputSchema } from './to-output-schema.ts';
import type { Wishes } from './to-wishes.ts';

/**
 * Says in neutral terms what a chat completion asks for.
 *
 * @throws {GatewayError} 400 for what no schema can see, such as a tool result without its call.
 */
export async function toTurn(request: ChatCompletionRequest, wishes: Wishes, { media, openCalls }: TurnSources): Promise<AskedTurn> {
  const { system, messages } = await toMessages(request, media, openCalls);
  const {
    tools: { tools, choice },
    sampling,
    reasoning,
  } = wishes;
  const outputSchema = toOutputSchema(request.response_format);
  const endUser = request.safety_identifier ?? request.user;
  return {
    system: toSystem(system),
    messages,
    tools,
    ...(choice !== undefined && { toolChoice: choice }),
    sampling,
    ...reasoning,
    ...(outputSchema !== undefined && { outputSchema }),
    ...(endUser && { endUser }),
  };
}
