import { GatewayError } from '../../gateway-error.ts';
import type { ClaudeRunner } from '../../ports/claude-runner.ts';
import type { TurnEvent } from '../../turn/turn-event.ts';
import type { Turn } from '../../turn/turn.ts';
import { checkBlocks } from '../check-blocks.ts';
import { failureOf } from '../expectations.ts';
import { must } from './must.ts';
import type { PortCheck } from './port-checks.ts';

/** How soon a turn must have ended that is aborted or left; generous, for busy machines. */
const soonMs = 8000;

/** What a turn is, and what comes of it before it begins and after the close. */
export const turnChecks: readonly PortCheck[] = [
  { name: 'a turn is a start, blocks, one usage and one end, in this order', run: checkOrder },
  {
    name: 'turns can run side by side',
    run: async (runner, turn) => void (await Promise.all([checkOrder(runner, turn), checkOrder(runner, turn)])),
  },
  {
    name: 'a signal that is aborted already: the reason is thrown',
    async run(runner, turn) {
      const reason = new Error('gone before the start');
      const thrown = await failureOf(gather(runner.run(turn, AbortSignal.abort(reason))));
      must(thrown === reason, `the signal's reason is thrown, not ${String(thrown)}`);
    },
  },
  {
    name: 'there are models, and their names are not empty',
    async run(runner) {
      const models = await runner.models();
      must(models.length > 0, 'there is at least one model');
      for (const { id, resolvedId } of models) must(id !== '' && resolvedId !== '', 'a model has a name and a full name');
    },
  },
  { name: 'the health has its shape', run: checkHealth },
  {
    name: 'closing twice is the same as once',
    async run(runner) {
      await runner.close();
      await runner.close();
    },
  },
  {
    name: 'a turn after the close: a GatewayError is thrown',
    async run(runner, turn) {
      await runner.close();
      const thrown = await failureOf(gather(runner.run(turn, new AbortController().signal)));
      must(GatewayError.isInstance(thrown), `a GatewayError is thrown, not ${String(thrown)}`);
    },
  },
];

/** What stops a turn that would go on. */
export const stopChecks: readonly PortCheck[] = [
  {
    name: 'a turn that takes longer than its time: a 504 with the code timeout, soon',
    async run(runner, turn) {
      const running = failureOf(gather(runner.run({ ...turn, timeoutMs: 300 }, new AbortController().signal)));
      const thrown = await within(running, 'the end of a turn whose time is over');
      must(GatewayError.isInstance(thrown) && thrown.status === 504 && thrown.code === 'timeout', `a 504 is thrown, not ${String(thrown)}`);
    },
  },
  { name: 'an abort in mid-turn: the reason is thrown, soon', run: checkAbort },
  {
    name: 'after an abort, another turn can run',
    async run(runner, turn) {
      await checkAbort(runner, turn);
      await within(leaveAfterText(runner, turn), 'the text of a turn after one that was aborted');
    },
  },
  {
    name: 'an abort of one turn is none of another',
    async run(runner, turn) {
      const controller = new AbortController();
      const running = failureOf(gather(runner.run(turn, controller.signal)));
      await leaveAfterText(runner, turn);
      controller.abort(new Error('gone'));
      await within(running, 'the end of a turn that is aborted after another has been left');
    },
  },
  {
    name: 'leaving the iteration stops the turn, soon',
    run: async (runner, turn) => within(leaveAfterText(runner, turn), 'the end of a turn that is left'),
  },
  {
    name: 'closing ends the turns that run',
    async run(runner, turn) {
      const running = failureOf(gather(runner.run(turn, new AbortController().signal), () => void runner.close()));
      const thrown = await within(running, 'the end of a turn whose runner is closed');
      must(GatewayError.isInstance(thrown), `a GatewayError is thrown, not ${String(thrown)}`);
    },
  },
];

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
