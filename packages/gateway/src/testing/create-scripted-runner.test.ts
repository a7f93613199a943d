import { expect, test, vi } from 'vitest';
import type { ClaudeRunner } from '../ports/claude-runner.ts';
import { noUsage } from '../turn/usage.ts';
import type { ScriptEvent } from './script-blocks.ts';
import type { Turn } from '../turn/turn.ts';
import { createScriptedRunner } from './create-scripted-runner.ts';
import { runnerContract } from './runner-contract.ts';

/** It does not look at its signal: stopping it is the runner's task. */
async function* slowScript(): AsyncGenerator<ScriptEvent> {
  yield { type: 'turn-start', model: 'claude-slow', usage: noUsage };
  yield { type: 'text-delta', text: 'Well' };
  await new Promise(() => {});
}

const hi: Turn = {
  model: 'sonnet',
  system: [],
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  tools: [],
  sampling: {},
  thinking: { type: 'off' },
  tenant: '',
};

const createSlow = (): ClaudeRunner => createScriptedRunner({ script: slowScript });

for (const check of runnerContract({ create: () => createScriptedRunner(), createSlow })) test(`contract: ${check.name}`, check.run);

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

test('turns side by side listen to no signal together, of which a runtime would warn, and closing ends them all', async () => {
  const listening = vi.spyOn(AbortSignal.prototype, 'addEventListener');
  const runner = createSlow();
  const running = Array.from({ length: 20 }, async () => {
    for await (const event of runner.run(hi, new AbortController().signal)) expect(event).toBeDefined();
  });
  await vi.waitFor(() => expect(listening).toHaveBeenCalledTimes(20));
  expect(new Set(listening.mock.contexts).size).toBe(20);
  listening.mockRestore();
  await runner.close();
  for (const outcome of await Promise.allSettled(running)) expect(outcome).toMatchObject({ reason: { code: 'shutting_down' } });
});
