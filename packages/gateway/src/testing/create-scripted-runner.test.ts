import { expect, test, vi } from 'vitest';
import { GatewayError } from '../gateway-error.ts';
import type { ClaudeRunner } from '../ports/claude-runner.ts';
import { noUsage } from '../turn/usage.ts';
import type { ScriptEvent } from './script-blocks.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import { createScriptedRunner, textScript } from './create-scripted-runner.ts';
import { plainTurn, toScript, type SampleTurn } from './sample-turns.ts';
import { runnerContract } from './runner-contract.ts';

/** It does not look at its signal: stopping it is the runner's task. */
async function* slowScript(): AsyncGenerator<ScriptEvent> {
  yield { type: 'turn-start', model: 'claude-slow', usage: noUsage };
  yield { type: 'text-delta', text: 'Well' };
  await new Promise(() => {});
}

const createSlow = (): ClaudeRunner => createScriptedRunner({ script: slowScript });

const createSaying = (sample: SampleTurn): ClaudeRunner => createScriptedRunner({ script: () => toScript(sample) });
const createFailing = (when: 'before' | 'within'): ClaudeRunner =>
  createScriptedRunner({
    *script(turn, signal) {
      if (when === 'within') yield* [...(textScript(['Well'])(turn, signal) as Iterable<ScriptEvent>)].slice(0, 3);
      throw new GatewayError('It has failed.', { status: 502 });
    },
  });

for (const check of runnerContract({ create: () => createScriptedRunner(), createSlow, createSaying, createFailing }))
  test(`contract: ${check.name}`, check.run);

/** A runner whose events are changed on their way. */
const telling =
  (change: (event: TurnEvent) => TurnEvent[]) =>
  (runner: ClaudeRunner): Partial<ClaudeRunner> => ({
    async *run(...asked) {
      for await (const event of runner.run(...asked)) yield* change(event);
    },
  });
const without = (type: TurnEvent['type']) => telling((event) => (event.type === type ? [] : [event]));

test.each<[string, RegExp, (runner: ClaudeRunner) => Partial<ClaudeRunner>]>([
  [
    'a start, blocks',
    /between its start and its end/,
    (runner) => ({
      run: async function* (turn, signal) {
        for await (const event of runner.run(turn, signal)) if (event.type !== 'block-start') yield event;
      },
    }),
  ],
  [
    'a start, blocks',
    /turn-start/,
    () => ({
      run: async function* () {
        yield { type: 'text-delta', index: 0, text: 'x' };
      },
    }),
  ],
  [
    'one usage',
    /usage/,
    (runner) => ({
      run: async function* (turn, signal) {
        for await (const event of runner.run(turn, signal)) if (event.type !== 'usage') yield event;
      },
    }),
  ],
  ['aborted already', /should have failed/, (runner) => ({ run: (turn) => runner.run(turn, new AbortController().signal) })],
  ['abort in mid-turn', /Not within|reason/, (runner) => ({ run: (turn) => runner.run(turn, new AbortController().signal) })],
  ['there are models', /at least one model/, () => ({ models: async () => [] })],
  ['health', /problem/, () => ({ health: async () => ({ healthy: false, details: {} }) })],
  ['after the close', /should have failed/, () => ({ close: async () => {} })],
  ['which version', /version/, () => ({ specificationVersion: 2 as 1 })],
  [
    'the results of calls',
    /no tools/,
    (runner) => ({
      run(turn, signal) {
        if (turn.messages.length > 1) throw new Error('no tools');
        return runner.run(turn, signal);
      },
    }),
  ],
  ['left as it is', /./, (runner) => ({ run: (turn, signal) => runner.run(Object.assign(turn, { model: 'other' }), signal) })],
  [
    'no more than the usage',
    /no more than/,
    (runner) => ({
      run(turn, signal, spending) {
        spending?.used({ ...noUsage, outputTokens: 1000 }, undefined);
        return runner.run(turn, signal);
      },
    }),
  ],
  ['no two models', /told once/, (runner) => ({ models: async () => [...(await runner.models()), ...(await runner.models())] })],
  ['the abilities', /say thinking/, () => ({ abilities: async () => ({}) as never })],
  ['the costs', /costs something/, () => ({ costOf: () => Number.NaN })],
  ['can be forgotten', /unknown/, () => ({ forget: () => Promise.reject(new Error('unknown')) })],
  [
    'after an abort',
    /should have failed|Not within|reason/,
    (runner) => ({ run: (turn) => runner.run(turn, new AbortController().signal) }),
  ],
  ['told as it is: text', /it is told/, telling((event) => (event.type === 'text-delta' ? [{ ...event, text: 'x' }] : [event]))],
  ['told as it is: thinking', /it is told/, without('signature')],
  ['told as it is: call', /it is told/, without('input-delta')],
  [
    'told as it is: maxTokens',
    /it is told/,
    telling((event) => (event.type === 'turn-end' ? [{ ...event, reason: 'end_turn' }] : [event])),
  ],
  [
    'told as it is: stopSequence',
    /it is told/,
    telling((event) => (event.type === 'turn-end' ? [{ type: 'turn-end', reason: event.reason }] : [event])),
  ],
  ['told as it is: refusal', /inputTokens/, telling((event) => (event.type === 'usage' ? [{ ...event, usage: noUsage }] : [event]))],
  [
    'what fails before',
    /GatewayError is thrown/,
    () => ({
      run() {
        throw new Error('fails');
      },
    }),
  ],
  ['what fails in mid-turn', /has been said/, without('text-delta')],
])('the contract finds a runner that breaks it: %s', { timeout: 20_000 }, async (name, message, damage) => {
  const damaged = (runner: ClaudeRunner): ClaudeRunner => ({ ...runner, ...damage(runner) });
  const options = {
    create: () => damaged(createScriptedRunner()),
    createSlow: () => damaged(createSlow()),
    createSaying: (sample: SampleTurn) => damaged(createSaying(sample)),
    createFailing: (when: 'before' | 'within') => damaged(createFailing(when)),
  };
  const check = runnerContract(options).find((each) => each.name.includes(name));
  await expect(check?.run()).rejects.toThrow(message);
});

test('keeps the turns that were asked for, unless it is told not to', async () => {
  for (const keepTurns of [true, false]) {
    const runner = createScriptedRunner({ keepTurns });
    await runnerContract({ create: () => runner, createSlow })[0]?.run();
    expect(runner.turns).toHaveLength(keepTurns ? 1 : 0);
  }
});

test('turns side by side listen to no signal together, of which a runtime would warn, and closing ends them all', async () => {
  const listening = vi.spyOn(AbortSignal.prototype, 'addEventListener');
  const runner = createSlow();
  const running = Array.from({ length: 20 }, async () => {
    for await (const event of runner.run(plainTurn, new AbortController().signal)) expect(event).toBeDefined();
  });
  await expect.poll(() => listening.mock.calls.length).toBe(20);
  expect(new Set(listening.mock.contexts).size).toBe(20);
  listening.mockRestore();
  await runner.close();
  for (const outcome of await Promise.allSettled(running)) expect(outcome).toMatchObject({ reason: { code: 'shutting_down' } });
});
