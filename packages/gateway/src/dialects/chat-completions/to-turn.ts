import type { ReadMedia } from '../../media/create-media-reader.ts';
import type { Turn } from '../../turn/turn.ts';
import type { ChatCompletionRequest } from './request-schema.ts';
import { toMessages } from './to-messages.ts';
import { toOutputSchema } from './to-output-schema.ts';
import type { Wishes } from './to-wishes.ts';

export interface ToTurnContext {
  /** The model that the runner is to be asked for, once aliases are resolved. */
  readonly model: string;
  /** Undefined for none. */
  readonly profile: string | undefined;
  readonly tenant: string;
  readonly requestId: string;
  readonly timeoutMs: number;
  readonly wishes: Wishes;
  readonly media: ReadMedia;
  /** Calls that the conversation waits for the results of: their names by their ids. */
  readonly openCalls: ReadonlyMap<string, string>;
}

/**
 * Says in neutral terms what a chat completion asks for.
 *
 * @throws {GatewayError} 400 for what no schema can see, such as a tool result without its call.
 */
export async function toTurn(request: ChatCompletionRequest, context: ToTurnContext): Promise<Turn> {
  const { system, messages } = await toMessages(request.messages, context.media, context.openCalls);
  const {
    tools: { tools, choice },
    sampling,
    reasoning,
  } = context.wishes;
  const outputSchema = toOutputSchema(request.response_format);
  const endUser = request.safety_identifier ?? request.user;
  return {
    ...(context.profile !== undefined && { profile: context.profile }),
    model: context.model,
    system,
    messages,
    tools,
    ...(choice !== undefined && { toolChoice: choice }),
    sampling,
    ...reasoning,
    ...(outputSchema !== undefined && { outputSchema }),
    ...(endUser && { endUser }),
    timeoutMs: context.timeoutMs,
    requestId: context.requestId,
    tenant: context.tenant,
  };
}
