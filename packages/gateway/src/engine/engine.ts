import type { GatewayError } from '../gateway-error.ts';
import type { Caller } from '../ports/caller.ts';
import type { CallFault } from '../turn/find-call-fault.ts';
import type { JsonObject } from '../turn/tool.ts';
import type { Answer } from './answer.ts';
import type { InputCount } from './count-input.ts';
import type { TurnPlan } from './plan-turn.ts';
import type { RequestContext } from './request-context.ts';
import type { TurnRequest } from './turn-request.ts';

/** Decides what happens to a turn, whatever its dialect. */
export interface Engine {
  /**
   * Decides what of a request its model can be asked, and whether the response cache takes part.
   *
   * @param cacheControl The request's header; null without one.
   * @throws {GatewayError} 404 for a model that is unknown, or not the caller's to ask for, 400 for what contradicts itself.
   */
  plan(request: TurnRequest, caller: Caller, cacheControl: string | null): Promise<TurnPlan>;
  /** Gives what finds the items of a tenant's kept responses, for one request. */
  itemFinder(tenant: string): (id: string) => Promise<JsonObject | undefined>;
  /**
   * Finds the conversation that a turn belongs to, and begins its answers; none runs before it is read.
   *
   * @throws {GatewayError} What keeps the turn from beginning: 400, 404, 409, 429, 503.
   */
  answer(plan: TurnPlan, asked: Asked): Promise<Answer>;
  /**
   * Counts the input tokens of a request, without what was said before in its conversation.
   *
   * @throws {GatewayError} 400 for what can't be asked, and what keeps the runner from counting.
   */
  countInput(plan: TurnPlan, asked: Omit<Asked, 'conversation'>): Promise<InputCount>;
}

export interface Asked {
  /** The conversation that the request names, in its body or beside it. */
  readonly conversation: string | undefined;
  /** Says in the dialect's words what is wrong with calls and results. */
  readonly callFault: (fault: CallFault) => GatewayError;
  readonly context: RequestContext;
  readonly signal: AbortSignal;
}

/**
 * Begins the answers to all turns that one request asks for, and gives them as one: their choices one behind another. Of several, none is
 * part of a conversation.
 *
 * @throws {GatewayError} As `Engine.answer`.
 */
export async function answerAll(engine: Engine, plans: readonly [TurnPlan, ...TurnPlan[]], asked: Asked): Promise<Answer> {
  const [plan, ...others] = plans;
  const first = await engine.answer(plan, asked);
  if (others.length === 0) return first;
  const answers = [first];
  for (const each of others) answers.push(await engine.answer(each, asked));
  return {
    ...first,
    turns: answers.flatMap(({ turns }) => turns),
    cache: answers.every(({ cache }) => cache === first.cache) ? first.cache : 'miss',
  };
}
