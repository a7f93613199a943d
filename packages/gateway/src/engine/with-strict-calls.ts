import { GatewayError } from '../gateway-error.ts';
import { TooDear } from '../json-schema/too-dear.ts';
import type { Turn } from '../turn/turn.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import type { OutputCheck } from './create-output-check.ts';

/**
 * Checks what a turn calls strict tools with before it ends: their schemas say more than a model can be held to.
 *
 * @throws {GatewayError} 502 when it does not fit, or can't be checked in the time that there is for it.
 */
export async function* withStrictCalls(
  events: AsyncIterable<TurnEvent>,
  { tools, tenant }: Turn,
  check: OutputCheck,
): AsyncGenerator<TurnEvent, void, undefined> {
  const calls: { readonly name: string; json: string }[] = [];
  for await (const event of events) {
    if (event.type === 'tool-call-start') calls.push({ name: event.name, json: '' });
    const last = calls.at(-1);
    if (event.type === 'tool-call-delta' && last !== undefined) last.json += event.json;
    // A cut call, or a refusal, says so itself.
    for (const { name, json } of event.type === 'turn-end' && event.reason === 'tool_use' ? calls : []) {
      const tool = tools.find((each) => each.strict && each.name === name);
      const problem = tool && (await check(json || '{}', tool.inputSchema, tenant).catch(tooDear));
      if (problem !== undefined) throw misfit(name, problem);
    }
    yield event;
  }
}

function tooDear(error: unknown): string {
  if (error instanceof TooDear) return 'checking them takes too long';
  throw error;
}

function misfit(name: string, problem: string): GatewayError {
  return new GatewayError(
    `The arguments for the strict tool '${name}' do not fit its schema: ${problem}. Please try again, or make the schema simpler.`,
    { status: 502, code: 'invalid_structured_output', param: 'tools' },
  );
}
