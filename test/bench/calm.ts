import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a process waits again and nothing starts. */
export async function calm(server: { readonly url: string }): Promise<void> {
  for (;;) {
    await sleep(300);
    const health = (await (await fetch(`${server.url}/health`)).json()) as { processes: { idle: number; starting: number } };
    if (health.processes.idle > 0 && health.processes.starting === 0) return;
  }
}
