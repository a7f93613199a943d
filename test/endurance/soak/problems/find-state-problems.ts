import type { Attempt } from './attempt.ts';

interface State {
  readonly turns: { readonly running: number; readonly queued: number };
  readonly processes: { readonly idle: number; readonly starting: number; readonly live: number };
  readonly circuit: string;
}

const route = 'POST /v1/chat/completions';

/** Whether `/health` and `/stats` say, in quiet, what is true: nothing runs, nothing waits, and so many requests were made. */
export async function findStateProblems(url: string, attempts: readonly Attempt[]): Promise<string[]> {
  const health = await read<State & { readonly status: string }>(`${url}/health`);
  const { now, since_start } = await read<{
    now: Pick<State, 'turns'> & { runner: Omit<State, 'turns'> };
    since_start: { requests: { by_route: Record<string, number> } };
  }>(`${url}/stats`);
  const told: readonly State[] = [health, { ...now.runner, turns: now.turns }];
  const [inHealth, inStats] = told.map(({ turns, processes: { idle, starting, live }, circuit }) =>
    JSON.stringify({ running: turns.running, queued: turns.queued, idle, starting, live, circuit }),
  );
  const problems: string[] = [];
  if (health.status !== 'ok') problems.push(`/health says ${health.status}`);
  if (inHealth !== inStats) problems.push(`/health says ${inHealth}, /stats says ${inStats}`);
  if (health.turns.running + health.turns.queued > 0) problems.push(`Turns run or wait when all is quiet: ${inHealth}`);
  // Who leaves at once may never have asked.
  const early = attempts.filter(({ kind, outcome }) => kind === 'leaving early' && outcome === 'left').length;
  const counted = since_start.requests.by_route[route] ?? 0;
  if (counted > attempts.length || counted < attempts.length - early) {
    problems.push(`/stats counts ${counted} requests of ${attempts.length}, of which ${early} were left early`);
  }
  return problems;
}

async function read<Told>(url: string): Promise<Told> {
  return (await (await fetch(url)).json()) as Told;
}
