import { anyAbilities } from '../../models/any-abilities.ts';
import { GatewayError } from '../../gateway-error.ts';
import type { ClaudeRunner } from '../../ports/claude-runner.ts';
import type { Message } from '../../turn/message.ts';
import type { TurnEvent } from '../../turn/turn-event.ts';
import type { Turn } from '../../turn/turn.ts';
import { noUsage, type Usage } from '../../turn/usage.ts';
import { failureOf } from '../expectations.ts';
import { must } from './must.ts';

export interface PortCheck {
  readonly name: string;
  readonly run: (runner: ClaudeRunner, turn: Turn) => Promise<void>;
}

const never = (): AbortSignal => new AbortController().signal;

/** What a runner tells of itself and of its models, and what it does with turns of any kind. */
export const portChecks: readonly PortCheck[] = [
  {
    name: 'it says which version of the interface it is of',
    run: async ({ specificationVersion }) => must(specificationVersion === 1, 'its version is 1'),
  },
  { name: 'the results of calls are given back', run: checkResults },
  { name: 'a turn is left as it is', run: checkFrozen },
  { name: 'an abort after the end changes nothing', run: checkLateAbort },
  { name: 'what is told of the spending is no more than the usage at the end', run: checkSpending },
  { name: 'no two models have one name', run: checkNames },
  { name: 'the abilities of each model have their shape', run: checkAbilities },
  { name: 'the costs of each model are known or not, and never below nothing', run: checkCosts },
  { name: 'the tokens of a turn are counted or not, and are whole numbers', run: checkCount },
  {
    name: 'a conversation of which nothing is kept can be forgotten',
    run: async (runner) => runner.forget?.('tenant', 'conv_unknown'),
  },
];

/** Errors of the model's, before and in mid-turn. */
export function failureCheck(when: 'before' | 'within'): PortCheck {
  return {
    name: `what fails ${when === 'before' ? 'before the first event' : 'in mid-turn'}: a GatewayError, and no end`,
    async run(runner, turn) {
      const events: TurnEvent[] = [];
      const running = async (): Promise<void> => {
        for await (const event of runner.run(turn, never())) events.push(event);
      };
      const thrown = await failureOf(running());
      must(GatewayError.isInstance(thrown) && thrown.status >= 400, `a GatewayError is thrown, not ${String(thrown)}`);
      must(!events.some(({ type }) => type === 'turn-end'), 'a turn that fails has no turn-end');
      must(events.some(({ type }) => type === 'text-delta') === (when === 'within'), 'what has been said before is told');
    },
  };
}

async function gather(runner: ClaudeRunner, turn: Turn, signal = never()): Promise<TurnEvent[]> {
  const events: TurnEvent[] = [];
  for await (const event of runner.run(turn, signal)) events.push(event);
  must(events.at(-1)?.type === 'turn-end', 'it ends');
  return events;
}

async function checkResults(runner: ClaudeRunner, turn: Turn): Promise<void> {
  const calls = ['toolu_1', 'toolu_2'];
  const messages: Message[] = [
    ...turn.messages,
    { role: 'assistant', content: calls.map((id) => ({ type: 'tool_use', id, name: 'look', input: { at: id } })) },
    {
      role: 'user',
      content: [
        ...calls.map((id) => ({ type: 'tool_result' as const, tool_use_id: id, content: [{ type: 'text' as const, text: 'Rain' }] })),
        { type: 'text', text: 'So?' },
      ],
    },
  ];
  const look = { name: 'look', description: '', inputSchema: { type: 'object' }, strict: false };
  await gather(runner, { ...turn, messages, tools: [look] });
}

async function checkFrozen(runner: ClaudeRunner, turn: Turn): Promise<void> {
  await gather(runner, freeze(structuredClone(turn)));
}

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const each of Object.values(value)) freeze(each);
    Object.freeze(value);
  }
  return value;
}

async function checkLateAbort(runner: ClaudeRunner, turn: Turn): Promise<void> {
  const controller = new AbortController();
  await gather(runner, turn, controller.signal);
  controller.abort(new Error('late'));
  await gather(runner, turn);
}

async function checkSpending(runner: ClaudeRunner, turn: Turn): Promise<void> {
  const told: Usage[] = [];
  let final = noUsage;
  for await (const event of runner.run(turn, never(), { sent: () => {}, used: (usage) => void told.push(usage) }))
    if (event.type === 'usage') final = event.usage;
  for (const { outputTokens } of told)
    must(outputTokens <= final.outputTokens, `${outputTokens} tokens are no more than ${final.outputTokens}`);
  for (const tokens of Object.values(final)) must(Number.isInteger(tokens) && tokens >= 0, `tokens are counted, not ${tokens}`);
}

async function checkNames(runner: ClaudeRunner): Promise<void> {
  const names = (await runner.models()).map(({ id }) => id);
  must(new Set(names).size === names.length, `each name is told once: ${names.join(', ')}`);
}

async function checkAbilities(runner: ClaudeRunner): Promise<void> {
  for (const { id, resolvedId } of await runner.models())
    for (const name of [id, resolvedId]) {
      const abilities = await runner.abilities?.(name);
      if (abilities === undefined) continue;
      for (const key of Object.keys(anyAbilities)) must(key in abilities, `the abilities of ${name} say ${key}`);
    }
}

async function checkCosts(runner: ClaudeRunner): Promise<void> {
  const usage = { ...noUsage, inputTokens: 1000, outputTokens: 1000 };
  for (const { id, prices } of await runner.models()) {
    const cost = runner.costOf?.(id, usage);
    must(cost === undefined || (Number.isFinite(cost) && cost >= 0), `${id} costs something, not ${cost}`);
    must(prices === undefined || (prices.input >= 0 && prices.output >= 0), `the prices of ${id} are not below nothing`);
  }
}

async function checkCount(runner: ClaudeRunner, turn: Turn): Promise<void> {
  const count = await runner.countTokens?.(turn, never());
  must(count === undefined || (Number.isInteger(count) && count > 0), `tokens are counted, or not, but are not ${count}`);
}
