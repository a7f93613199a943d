import { setTimeout as sleep } from 'node:timers/promises';
import type { TestServer } from '../support/start-test-server.ts';

/** Waits until a process waits again and nothing starts. */
export async function calm(server: TestServer): Promise<void> {
  for (;;) {
    await sleep(300);
    const health = (await (await fetch(`${server.url}/health`)).json()) as { processes: { idle: number; starting: number } };
    if (health.processes.idle > 0 && health.processes.starting === 0) return;
  }
}
