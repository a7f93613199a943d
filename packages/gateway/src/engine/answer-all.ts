import type { Answer } from './answer.ts';
import type { Asked, Engine } from './engine.ts';
import type { TurnPlan } from './plan-turn.ts';

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
