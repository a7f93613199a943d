import { GatewayError } from '../gateway-error.ts';
import type { ClaudeRunner } from '../ports/claude-runner.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import { checkBlocks } from './check-blocks.ts';
import type { Turn } from '../turn/turn.ts';

export interface RunnerContractOptions {
  /** Makes a runner that answers every turn with some text. Each check makes its own, and closes it. */
  readonly create: () => ClaudeRunner | Promise<ClaudeRunner>;
  /** Makes a runner whose turns begin, say some text, and then take ten seconds or more if nobody stops them. */
  readonly createSlow: () => ClaudeRunner | Promise<ClaudeRunner>;
  /** What is asked. Default: `hi`, of the model `sonnet`. */
  readonly turn?: Turn;
}

export interface ContractCheck {
  readonly name: string;
  /** @throws {Error} When the runner does not keep the contract. */
  readonly run: () => Promise<void>;
}

/** How soon a turn must have ended that is aborted or left. */
const soonMs = 3000;

const hi: Turn = {
  model: 'sonnet',
  system: [],
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  tools: [],
  sampling: {},
  thinking: { type: 'off' },
  tenant: '',
};

/**
 * What every `ClaudeRunner` must do, as checks that throw, for any test framework:
 * `for (const check of runnerContract(options)) test(check.name, check.run)`.
 */
export function runnerContract(options: RunnerContractOptions): ContractCheck[] {
  const { turn = hi } = options;
  const check = (name: string, create: RunnerContractOptions['create'], run: (runner: ClaudeRunner) => Promise<void>): ContractCheck => ({
    name,
    run: async () => {
      const runner = await create();
      try {
        await run(runner);
      } finally {
        await runner.close();
      }
    },
  });
  return [
    check('a turn is a start, blocks, one usage and one end, in this order', options.create, (runner) => checkOrder(runner, turn)),
    check('turns can run side by side', options.create, async (runner) => {
      await Promise.all([checkOrder(runner, turn), checkOrder(runner, turn)]);
    }),
    check('a turn that takes longer than its time: a 504 with the code timeout, soon', options.createSlow, async (runner) => {
      const running = failureOf(gather(runner.run({ ...turn, timeoutMs: 300 }, new AbortController().signal)));
      const thrown = await within(running, 'the end of a turn whose time is over');
      must(GatewayError.isInstance(thrown) && thrown.status === 504 && thrown.code === 'timeout', `a 504 is thrown, not ${String(thrown)}`);
    }),
    check('a signal that is aborted already: the reason is thrown', options.create, async (runner) => {
      const reason = new Error('gone before the start');
      const thrown = await failureOf(gather(runner.run(turn, AbortSignal.abort(reason))));
      must(thrown === reason, `the signal's reason is thrown, not ${String(thrown)}`);
    }),
    check('an abort in mid-turn: the reason is thrown, soon', options.createSlow, (runner) => checkAbort(runner, turn)),
    check('leaving the iteration stops the turn, soon', options.createSlow, async (runner) => {
      await within(leaveAfterText(runner, turn), 'the end of a turn that is left');
    }),
    check('there are models, and their names are not empty', options.create, async (runner) => {
      const models = await runner.models();
      must(models.length > 0, 'there is at least one model');
      for (const { id, resolvedId } of models) must(id !== '' && resolvedId !== '', 'a model has a name and a full name');
    }),
    check('the health has its shape', options.create, checkHealth),
    check('closing twice is the same as once', options.create, async (runner) => {
      await runner.close();
      await runner.close();
    }),
    check('closing ends the turns that run', options.createSlow, async (runner) => {
      const running = failureOf(gather(runner.run(turn, new AbortController().signal), () => void runner.close()));
      const thrown = await within(running, 'the end of a turn whose runner is closed');
      must(GatewayError.isInstance(thrown), `a GatewayError is thrown, not ${String(thrown)}`);
    }),
    check('a turn after the close: a GatewayError is thrown', options.create, async (runner) => {
      await runner.close();
      const thrown = await failureOf(gather(runner.run(turn, new AbortController().signal)));
      must(GatewayError.isInstance(thrown), `a GatewayError is thrown, not ${String(thrown)}`);
    }),
  ];
}

async function checkOrder(runner: ClaudeRunner, turn: Turn): Promise<void> {
  const events = await gather(runner.run(turn, new AbortController().signal));
  const types = events.map(({ type }) => type);
  const shown = types.join(', ');
  must(types[0] === 'turn-start', `the first event is turn-start: ${shown}`);
  must(types.at(-1) === 'turn-end' && types.at(-2) === 'usage', `the last events are usage and turn-end: ${shown}`);
  for (const once of ['turn-start', 'usage', 'turn-end']) {
    must(types.filter((type) => type === once).length === 1, `there is one ${once}: ${shown}`);
  }
  must(types.includes('text-delta'), `there is some text: ${shown}`);
  checkBlocks(events);
}

async function checkAbort(runner: ClaudeRunner, turn: Turn): Promise<void> {
  const controller = new AbortController();
  const reason = new Error('gone in the middle');
  const events: TurnEvent[] = [];
  const running = failureOf(gather(runner.run(turn, controller.signal), () => controller.abort(reason), events));
  const thrown = await within(running, 'the end of a turn that is aborted');
  must(thrown === reason, `the signal's reason is thrown, not ${String(thrown)}`);
  must(!events.some(({ type }) => type === 'turn-end'), 'an aborted turn has no turn-end');
}

async function checkHealth(runner: ClaudeRunner): Promise<void> {
  const health = await runner.health();
  must(typeof health.healthy === 'boolean', 'healthy is true or false');
  must(
    health.healthy ? health.problem === undefined : typeof health.problem === 'string',
    'a problem is told if, and only if, there is one',
  );
  must(JSON.stringify(JSON.parse(JSON.stringify(health.details))) === JSON.stringify(health.details), 'the details are JSON');
}

async function leaveAfterText(runner: ClaudeRunner, turn: Turn): Promise<void> {
  for await (const event of runner.run(turn, new AbortController().signal)) if (event.type === 'text-delta') return;
  throw new Error('The slow runner has said nothing.');
}

/** Collects a turn's events; `onText` is called after the first text. */
async function gather(events: AsyncIterable<TurnEvent>, onText?: () => void, gathered: TurnEvent[] = []): Promise<TurnEvent[]> {
  let said = false;
  for await (const event of events) {
    gathered.push(event);
    if (event.type !== 'text-delta' || said) continue;
    said = true;
    onText?.();
  }
  return gathered;
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('The turn should have failed, and has ended well.');
}

async function within<Value>(promise: Promise<Value>, what: string): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not within ${soonMs} ms: ${what}`)), soonMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function must(condition: boolean, what: string): void {
  if (!condition) throw new Error(`The contract of ClaudeRunner says that ${what}.`);
}
