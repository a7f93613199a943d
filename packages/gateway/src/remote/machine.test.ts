import { afterEach, expect, test, vi } from 'vitest';
import { createTurnLimiter } from '../engine/turn-limiter.ts';
import { createScriptedRunner } from '../testing/create-scripted-runner.ts';
import { createMachine } from './machine.ts';

afterEach(() => void vi.useRealTimers());

test.each<[string, () => Promise<never>]>([
  ['never come', () => new Promise(() => {})],
  ['fail', () => Promise.reject(new Error('broken'))],
  [
    'throw',
    () => {
      throw new Error('broken');
    },
  ],
])('where the facts of its processes %s, it tells the rest', async (_, broken) => {
  vi.useFakeTimers();
  let processes: () => Promise<{ warm: number; live: number; load: number }> = async () => ({ warm: 3, live: 2, load: 1 });
  const limiter = createTurnLimiter({ maxConcurrent: 1, maxQueued: 1, queueTimeoutMs: 1000 });
  const options = { runner: createScriptedRunner(), limiter, places: 1, isStopping: () => false };
  const machine = createMachine({ ...options, processes: () => processes() });
  await machine.state();
  processes = broken;
  const asking = machine.state();
  await vi.advanceTimersByTimeAsync(3000);
  expect(await asking).toMatchObject({ healthy: true, room: { warm: 3, live: 2, load: 1 } });
});
