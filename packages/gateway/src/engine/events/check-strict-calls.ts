import { GatewayError } from '../../gateway-error.ts';
import { TooDear } from '../../json-schema/budget.ts';
import type { Tool } from '../../turn/tool.ts';
import type { Turn } from '../../turn/turn.ts';
import { foldTurn } from '../../turn/fold-turn.ts';
import type { OutputCheck } from './create-output-check.ts';
import type { TurnTransform } from './transform-turn.ts';

/**
 * Checks what a turn calls strict tools with before it ends, and tools with a check of their own: they say more than a model can be held to.
 *
 * @throws {GatewayError} 502 when it does not fit, or can't be checked in the time that there is for it.
 */
export function checkStrictCalls({ tools, tenant }: Turn, check: OutputCheck): TurnTransform {
  const fold = foldTurn();

  async function checkAll(): Promise<void> {
    for (const { started, text } of fold.answer.blocks) {
      const tool =
        started.type === 'tool_use'
          ? tools.find(({ name, strict, check: own }) => name === started.name && (strict || own !== undefined))
          : undefined;
      const problem = tool && (await check(text || '{}', tool.check ?? tool.inputSchema, tenant).catch(tooDear));
      if (tool !== undefined && problem !== undefined) throw misfit(tool, problem);
    }
  }

  return (event) => {
    fold.add(event);
    // A cut call, or a refusal, says so itself.
    return event.type === 'turn-end' && event.reason === 'tool_use' ? checkAll().then(() => [event]) : [event];
  };
}

function tooDear(error: unknown): string {
  if (error instanceof TooDear) return 'checking them takes too long';
  throw error;
}

function misfit({ name, check }: Tool, problem: string): GatewayError {
  const [kind, rule] = check === undefined ? ['strict', 'schema'] : ['custom', 'grammar'];
  return new GatewayError(
    `The arguments for the ${kind} tool '${name}' do not fit its ${rule}: ${problem}. Please try again, or make the ${rule} simpler.`,
    { status: 502, code: 'invalid_structured_output', param: 'tools' },
  );
}
