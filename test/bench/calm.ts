import { setTimeout as sleep } from 'node:timers/promises';
import { readHealth } from '../support/servers/read-health.ts';

/** Waits until a process waits again and nothing starts. */
export async function calm(server: { readonly url: string }): Promise<void> {
  for (;;) {
    await sleep(300);
    const { processes } = await readHealth(server.url);
    if (processes.idle > 0 && processes.starting === 0) return;
  }
}
