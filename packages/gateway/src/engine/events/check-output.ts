import { GatewayError } from '../../gateway-error.ts';
import { TooDear } from '../../json-schema/budget.ts';
import { foldTurn, textOf, toContentBlock, type TurnAnswer } from '../../turn/fold-turn.ts';
import type { Message } from '../../turn/message.ts';
import { normalizeMessages } from '../../turn/normalize-messages.ts';
import type { Turn } from '../../turn/turn.ts';
import type { TurnEnd, TurnEvent } from '../../turn/turn-event.ts';
import { addUsage } from '../../turn/usage.ts';
import type { OutputCheck } from './create-output-check.ts';
import type { TurnTransform } from './transform-turn.ts';

/**
 * Checks before a turn ends that its answer fits `turn.outputSchema`. What has been told can't be taken back: it fails.
 *
 * @throws {GatewayError} 502 when the answer does not fit, or can't be checked in the time that there is for it.
 */
export function checkOutput(turn: Turn, check: OutputCheck): TurnTransform {
  let text = '';
  return (event) => {
    if (event.type === 'text-delta') text += event.text;
    if (event.type !== 'turn-end' || !isChecked(event)) return [event];
    return problemOf(text, turn, check).then((problem) => {
      if (problem !== undefined) throw misfit(problem);
      return [event];
    });
  };
}

/**
 * Runs a turn of which nothing is told before its end. An answer that does not fit `turn.outputSchema` gets one more turn to repair it.
 *
 * @throws {GatewayError} 502 when that does not fit either, or can't be checked in the time that there is for it.
 */
export async function* repairOutput(
  turn: Turn,
  run: (turn: Turn) => AsyncIterable<TurnEvent>,
  check: OutputCheck,
): AsyncGenerator<TurnEvent, void, undefined> {
  const first = await gather(run(turn));
  const { answer } = foldTurn(first);
  const text = textOf(answer, 'text');
  const problem = answer.end !== undefined && isChecked(answer.end) ? await problemOf(text, turn, check) : undefined;
  if (problem === undefined) {
    yield* first;
    return;
  }
  const { steps = [] } = answer.end ?? {};
  const said: Message = { role: 'assistant', content: [{ type: 'text', text }], ...(steps.length > 0 && { steps }) };
  const plea: Message = { role: 'user', content: [{ type: 'text', text: pleaOf(problem) }] };
  const { messageDigests: _digests, ...rest } = turn;
  const again: Turn = { ...rest, messages: normalizeMessages([...turn.messages, said, plea]) };
  const checkAgain = checkOutput(again, check);
  const second = foldTurn();
  for await (const event of run(again)) {
    second.add(event);
    for (const checked of await checkAgain(event)) {
      yield withFirst(checked, answer, steps.length === 0 ? [] : [...steps, plea, ...stepsOf(second.answer)]);
    }
    // What has been done can't be undone, so it is told.
    if (event.type === 'turn-start') yield* first.filter(({ type }) => type === 'activity-start' || type === 'activity-end');
  }
}

/** An event of the second attempt, with what the first one spent, and the steps to it. */
function withFirst(event: TurnEvent, first: TurnAnswer, steps: readonly Message[]): TurnEvent {
  if (event.type === 'usage') {
    const costs = [first.costUsd, event.costUsd].filter((cost) => cost !== undefined);
    return {
      type: 'usage',
      usage: addUsage(first.usage, event.usage),
      ...(costs.length > 0 && { costUsd: costs.reduce((sum, cost) => sum + cost, 0) }),
    };
  }
  return event.type === 'turn-end' && steps.length > 0 ? { ...event, steps } : event;
}

function stepsOf({ end, blocks }: TurnAnswer): readonly Message[] {
  const content = blocks.flatMap((block) => toContentBlock(block) ?? []);
  return end?.steps ?? (content.length === 0 ? [] : [{ role: 'assistant', content }]);
}

async function gather(events: AsyncIterable<TurnEvent>): Promise<TurnEvent[]> {
  const gathered: TurnEvent[] = [];
  for await (const event of events) gathered.push(event);
  return gathered;
}

/** A cut or refused answer, or one that calls tools first, says so itself. */
function isChecked({ reason }: TurnEnd): boolean {
  return reason === 'end_turn' || reason === 'stop_sequence';
}

/** Undefined for an answer that fits. */
function problemOf(text: string, turn: Turn, check: OutputCheck): Promise<string | undefined> {
  return check(text, turn.outputSchema ?? {}, turn.tenant).catch(notChecked);
}

function pleaOf(problem: string): string {
  return `That does not fit the JSON Schema that the answer must fit: ${problem}. Answer again, with nothing but the corrected JSON.`;
}

function misfit(problem: string): GatewayError {
  return unusable(`The answer does not fit the schema of 'outputSchema': ${problem}. Please try again, or make the schema simpler.`);
}

function notChecked(error: unknown): never {
  if (!(error instanceof TooDear)) throw error;
  throw unusable(`Checking the answer by the schema of 'outputSchema' takes too long. Please make the schema simpler.`).with({
    shouldRetry: false,
  });
}

function unusable(message: string): GatewayError {
  return new GatewayError(message, { status: 502, code: 'invalid_structured_output', param: 'outputSchema' });
}
