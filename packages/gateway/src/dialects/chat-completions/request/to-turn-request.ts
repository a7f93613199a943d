import type { AskedModel } from '../../../engine/asked-model.ts';
import type { TurnRequest } from '../../../engine/turn-request.ts';
import { ineffectiveParts } from './ineffective-parts.ts';
import { ineffectiveKeys } from './parameters.ts';
import { namedConversation } from './named-conversation.ts';
import type { ChatCompletionRequest } from './request-schema.ts';
import { toTurn } from './to-turn.ts';
import { toWishes } from './to-wishes.ts';

/**
 * Says in neutral terms what a chat completion asks for.
 *
 * @throws {GatewayError} 400 for what contradicts itself.
 */
export function toTurnRequest(request: ChatCompletionRequest, model: AskedModel): TurnRequest {
  const wishes = toWishes(request, model.sampling, model.defaultEffort);
  const { conversation_id: _, ...metadata } = request.metadata ?? {};
  return {
    model,
    toTurn: (sources) => toTurn(request, wishes, sources),
    conversation: namedConversation(request),
    keep: request.store !== false,
    metadata,
    choices: request.n ?? 1,
    streamed: request.stream === true,
    blankStops: wishes.blankStops,
    repeatable: { seed: request.seed ?? undefined, isCold: request.temperature === 0 },
    hasTools: (request.tools ?? request.functions ?? []).length > 0,
    activity: request.activity ?? undefined,
    withoutEffect: (switches) => [
      ...ineffectiveKeys(request),
      ...ineffectiveParts(request),
      // What switches the cache has that effect.
      ...wishes.untaken.filter((key) => key !== 'temperature' || !switches.has('temperature')),
      ...(typeof request.seed === 'number' && !switches.has('seed') ? ['seed'] : []),
    ],
  };
}
