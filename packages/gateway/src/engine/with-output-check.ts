import { GatewayError } from '../gateway-error.ts';
import { TooDear } from '../json-schema/too-dear.ts';
import type { Message } from '../turn/message.ts';
import { normalizeMessages } from '../turn/normalize-messages.ts';
import type { Turn } from '../turn/turn.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import { addUsage, noUsage } from '../turn/usage.ts';
import type { OutputCheck } from './create-output-check.ts';

export interface OutputCheckOptions {
  readonly run: (turn: Turn) => AsyncIterable<TurnEvent>;
  readonly check: OutputCheck;
  readonly streamed: boolean;
}

/**
 * Runs a turn whose answer must fit `turn.outputSchema`, and checks that it does before it ends. What is streamed can't be
 * taken back: it fails. What is not gets one more turn to repair it.
 *
 * @throws {GatewayError} 502 when the answer does not fit, or can't be checked in the time that there is for it.
 */
export async function* withOutputCheck(turn: Turn, options: OutputCheckOptions): AsyncGenerator<TurnEvent, void, undefined> {
  const attempt = checked(turn, options);
  if (options.streamed) {
    for await (const event of attempt) {
      if (event.type === 'misfit') throw misfit(event.problem);
      yield event;
    }
    return;
  }
  const events: TurnEvent[] = [];
  for await (const event of attempt) {
    if (event.type !== 'misfit') {
      events.push(event);
      continue;
    }
    yield* repair(turn, options, events, event);
    return;
  }
  yield* events;
}

interface Misfit {
  readonly type: 'misfit';
  readonly text: string;
  readonly problem: string;
  /** What an agent did on the way to it. */
  readonly steps: readonly Message[];
}

/** Puts a `misfit` in the place of the `turn-end` of an answer that does not fit. */
async function* checked(turn: Turn, { run, check }: OutputCheckOptions): AsyncGenerator<TurnEvent | Misfit, void, undefined> {
  let text = '';
  for await (const event of run(turn)) {
    if (event.type === 'text-delta') text += event.text;
    // A cut or refused answer, or one that calls tools first, says so itself.
    if (event.type !== 'turn-end' || (event.reason !== 'end_turn' && event.reason !== 'stop_sequence')) {
      yield event;
      continue;
    }
    const problem = await check(text, turn.outputSchema ?? {}, turn.tenant).catch(notChecked);
    yield problem === undefined ? event : { type: 'misfit', text, problem, steps: event.steps ?? [] };
  }
}

async function* repair(
  turn: Turn,
  options: OutputCheckOptions,
  first: readonly TurnEvent[],
  wrong: Misfit,
): AsyncGenerator<TurnEvent, void, undefined> {
  const done = first.filter(({ type }) => type === 'activity-start' || type === 'activity-end');
  const said: Message = {
    role: 'assistant',
    content: [{ type: 'text', text: wrong.text }],
    ...(wrong.steps.length > 0 && { steps: wrong.steps }),
  };
  const text = `That does not fit the JSON Schema that the answer must fit: ${wrong.problem}. Answer again, with nothing but the corrected JSON.`;
  const plea: Message = { role: 'user', content: [{ type: 'text', text }] };
  const again: Turn = { ...turn, messages: normalizeMessages([...turn.messages, said, plea]) };
  for await (const event of checked(again, options)) {
    if (event.type === 'misfit') throw misfit(event.problem);
    yield withFirst(event, first, wrong.steps.length === 0 ? [] : [...wrong.steps, plea]);
    // What has been done can't be undone, so it is told.
    if (event.type === 'turn-start') yield* done;
  }
}

/** An event of the second attempt, with what the first one spent, and the steps before it. */
function withFirst(event: TurnEvent, first: readonly TurnEvent[], steps: readonly Message[]): TurnEvent {
  if (event.type === 'usage') {
    const spent = first.find((each) => each.type === 'usage');
    const costs = [spent?.costUsd, event.costUsd].filter((cost) => cost !== undefined);
    return {
      type: 'usage',
      usage: addUsage(spent?.usage ?? noUsage, event.usage),
      ...(costs.length > 0 && { costUsd: costs.reduce((sum, cost) => sum + cost, 0) }),
    };
  }
  if (event.type !== 'turn-end' || steps.length === 0) return event;
  const own = event.steps ?? (event.content === undefined ? [] : [{ role: 'assistant', content: event.content }]);
  return { ...event, steps: [...steps, ...own] };
}

function misfit(problem: string): GatewayError {
  return unusable(`The answer does not fit the schema of 'response_format': ${problem}. Please try again, or make the schema simpler.`);
}

function notChecked(error: unknown): never {
  if (!(error instanceof TooDear)) throw error;
  throw unusable(`Checking the answer by the schema of 'response_format' takes too long. Please make the schema simpler.`).with({
    shouldRetry: false,
  });
}

function unusable(message: string): GatewayError {
  return new GatewayError(message, { status: 502, code: 'invalid_structured_output', param: 'response_format' });
}
