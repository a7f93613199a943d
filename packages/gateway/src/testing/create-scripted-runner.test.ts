import { expect, test } from 'vitest';
import type { ClaudeRunner } from '../ports/claude-runner.ts';
import { noUsage } from '../turn/usage.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import { createScriptedRunner } from './create-scripted-runner.ts';
import { runnerContract } from './runner-contract.ts';

/** It does not look at its signal: stopping it is the runner's task. */
async function* slowScript(): AsyncGenerator<TurnEvent> {
  yield { type: 'turn-start', model: 'claude-slow', usage: noUsage };
  yield { type: 'text-delta', text: 'Well' };
  await new Promise(() => {});
}

const createSlow = (): ClaudeRunner => createScriptedRunner({ script: slowScript });

for (const check of runnerContract({ create: () => createScriptedRunner(), createSlow })) test(`contract: ${check.name}`, check.run);

test.each<[string, RegExp, (runner: ClaudeRunner) => Partial<ClaudeRunner>]>([
  [
    'a start, deltas',
    /turn-start/,
    () => ({
      run: async function* () {
        yield { type: 'text-delta', text: 'x' };
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
])('the contract finds a runner that breaks it: %s', { timeout: 10_000 }, async (name, message, damage) => {
  const damaged = (runner: ClaudeRunner): ClaudeRunner => ({ ...runner, ...damage(runner) });
  const options = { create: () => damaged(createScriptedRunner()), createSlow: () => damaged(createSlow()) };
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
