import type { MediaAccess } from '../../media/media-access.ts';
import type { Sampling, Turn } from '../../turn/turn.ts';
import type { ChatCompletionRequest } from './request-schema.ts';
import { toMessages } from './to-messages.ts';
import { toReasoning, type ReasoningEffort } from './to-reasoning.ts';
import { toOutputSchema } from './to-output-schema.ts';
import { toTools } from './to-tools.ts';

export interface ToTurnContext {
  /** The model that the runner is to be asked for, once aliases are resolved. */
  readonly model: string;
  /** Undefined for none. */
  readonly profile: string | undefined;
  readonly tenant: string;
  readonly requestId: string;
  readonly timeoutMs: number;
  readonly sampling: Sampling;
  readonly media: MediaAccess;
  /** How hard to think when the request does not say. */
  readonly defaultEffort: ReasoningEffort;
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
  const { tools, choice } = toTools(request);
  const outputSchema = toOutputSchema(request.response_format);
  const endUser = request.safety_identifier ?? request.user;
  return {
    ...(context.profile !== undefined && { profile: context.profile }),
    model: context.model,
    system,
    messages,
    tools,
    ...(choice !== undefined && { toolChoice: choice }),
    sampling: context.sampling,
    ...toReasoning(request, context.sampling, choice, context.defaultEffort),
    ...(outputSchema !== undefined && { outputSchema }),
    ...(endUser && { endUser }),
    timeoutMs: context.timeoutMs,
    requestId: context.requestId,
    tenant: context.tenant,
  };
}
