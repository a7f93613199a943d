import { setTimeout as wait } from 'node:timers/promises';
import { readHealth } from '../../support/servers/read-health.ts';
import type { Measure } from './problems/measure.ts';
import { idleProcesses, type SoakServer } from './start-soak-server.ts';

const stepMs = 500;

/**
 * Waits until nothing happens any more: the processes that wait for new conversations are there and no others, and what the server
 * holds is the same, or as little as told, twice in a row.
 *
 * @returns What it holds then, or at the end of the time.
 */
export async function untilQuiet(
  server: SoakServer,
  isEnough: (now: Measure, before: Measure) => boolean,
  forMs: number,
): Promise<Measure> {
  const deadline = performance.now() + forMs;
  let before = await server.measure();
  for (;;) {
    await wait(stepMs);
    const { processes } = await readHealth(server.url);
    const now = await server.measure();
    const isCalm = processes.idle === idleProcesses && processes.starting === 0 && processes.live === 0;
    if ((isCalm && isEnough(now, before)) || performance.now() > deadline) return now;
    before = now;
  }
}
