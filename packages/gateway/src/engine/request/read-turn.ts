import { badRequest, type GatewayError } from '../../gateway-error.ts';
import type { Turn } from '../../turn/turn.ts';
import type { TurnPlan } from '../plan-turn.ts';
import type { Sealer } from '../seal/create-sealer.ts';
import { isOpen, openSeals } from '../seal/open-seals.ts';
import { readMessages, type MessageSources } from './read-messages.ts';

/** What the engine says of every turn. */
export type TurnFrame = Required<Pick<Turn, 'tenant' | 'requestId' | 'timeoutMs'>>;

export interface TurnSources extends MessageSources {
  /** Opens what callers bring back sealed. */
  readonly sealer: Sealer;
}

/**
 * Says a request as a turn, without what was said before in its conversation.
 *
 * @throws {GatewayError} 400 for what can't be said so: see `readMessages`; and for a begun answer that the model does not go on with.
 */
export async function readTurn(plan: TurnPlan, frame: TurnFrame, sources: TurnSources): Promise<Turn> {
  const { request, model, profile, abilities, sampling, reasoning } = plan;
  const { tools, toolChoice, outputSchema, endUser, extra, betas } = request;
  const given = request.messages;
  const opened = given.every(isOpen) ? given : await openSeals(given, { sealer: sources.sealer, tenant: frame.tenant, model });
  const { system, messages: said } = await readMessages({ system: request.system, messages: opened }, sources);
  const messages =
    request.bringsThinking === true ? said.map((message) => (message.role === 'assistant' ? { ...message, model } : message)) : said;
  if (!abilities.begunAnswers && messages.at(-1)?.role === 'assistant') throw noBegunAnswers(model);
  // Field by field: to spread what is there only perhaps costs more than all else here.
  const { tenant, requestId, timeoutMs } = frame;
  const turn: Draft = { tenant, requestId, timeoutMs, model, system, messages, tools, sampling };
  if (profile !== undefined) turn.profile = profile;
  if (toolChoice !== undefined) turn.toolChoice = toolChoice;
  if (reasoning.effort !== undefined) turn.effort = reasoning.effort;
  if (reasoning.thinking !== undefined) turn.thinking = reasoning.thinking;
  if (outputSchema !== undefined) turn.outputSchema = outputSchema;
  if (extra !== undefined) turn.extra = extra;
  if (betas !== undefined) turn.betas = betas;
  if (endUser !== undefined) turn.endUser = endUser;
  return turn;
}

type Draft = { -readonly [Field in keyof Turn]: Turn[Field] };

function noBegunAnswers(model: string): GatewayError {
  return badRequest(
    `The last message is the assistant's, and the model \`${model}\` does not go on with an answer that is begun: models from 4.6 on do not. End with a message of the user's, or ask an older model.`,
    'messages',
    'unsupported_value',
  );
}
