import { GatewayError } from '../gateway-error.ts';
import { checkOutput } from './check-output.ts';
import { normalizeMessages } from './normalize-messages.ts';
import type { Turn } from './turn.ts';
import type { TurnEvent } from './turn-event.ts';
import { addUsage } from './usage.ts';

type Run = (turn: Turn) => AsyncIterable<TurnEvent>;

/**
 * Runs a turn whose answer must fit `turn.outputSchema`, and checks that it does before it ends. What is streamed can't be
 * taken back: it fails. What is not gets one more turn to repair it.
 *
 * @throws {GatewayError} 502 when the answer does not fit.
 */
export async function* withOutputCheck(turn: Turn, run: Run, streamed: boolean): AsyncGenerator<TurnEvent, void, undefined> {
  const attempt = checked(run(turn), turn.outputSchema ?? {});
  if (streamed) {
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
    yield* repair(turn, run, events, event);
    return;
  }
  yield* events;
}

interface Misfit {
  readonly type: 'misfit';
  readonly text: string;
  readonly problem: string;
}

/** Puts a `misfit` in the place of the `turn-end` of an answer that does not fit. */
async function* checked(
  events: AsyncIterable<TurnEvent>,
  schema: NonNullable<Turn['outputSchema']>,
): AsyncGenerator<TurnEvent | Misfit, void, undefined> {
  let text = '';
  for await (const event of events) {
    if (event.type === 'text-delta') text += event.text;
    // A cut or refused answer, or one that calls tools first, says so itself.
    const whole = event.type === 'turn-end' && (event.reason === 'end_turn' || event.reason === 'stop_sequence');
    const problem = whole ? checkOutput(text, schema) : undefined;
    yield problem === undefined ? event : { type: 'misfit', text, problem };
  }
}

async function* repair(turn: Turn, run: Run, first: readonly TurnEvent[], wrong: Misfit): AsyncGenerator<TurnEvent, void, undefined> {
  const spent = first.find((event) => event.type === 'usage')?.usage;
  const said = wrong.text.trim() === '' ? [] : [{ role: 'assistant', content: [{ type: 'text', text: wrong.text }] } as const];
  const plea = `That does not fit the JSON Schema that the answer must fit: ${wrong.problem}. Answer again, with nothing but the corrected JSON.`;
  const messages = normalizeMessages([...turn.messages, ...said, { role: 'user', content: [{ type: 'text', text: plea }] }]);
  const again: Turn = { ...turn, messages };
  for await (const event of checked(run(again), turn.outputSchema ?? {})) {
    if (event.type === 'misfit') throw misfit(event.problem);
    yield event.type === 'usage' && spent !== undefined ? { type: 'usage', usage: addUsage(spent, event.usage) } : event;
  }
}

function misfit(problem: string): GatewayError {
  return new GatewayError(
    `The answer does not fit the schema of 'response_format': ${problem}. Please try again, or make the schema simpler.`,
    {
      status: 502,
      type: 'server_error',
      code: 'invalid_structured_output',
      param: 'response_format',
    },
  );
}
