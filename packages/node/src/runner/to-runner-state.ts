import type { RunnerState } from '../insight/runner-insight.ts';
import type { RunnerFacts } from './to-runner-health.ts';

/** What statistics tell of a runner; `all` is how many processes run. */
export function toRunnerState(
  { version, pool, live, circuit, profiles, loginRefusedAt }: Omit<RunnerFacts, 'login'>,
  all: number,
): RunnerState {
  const hosts = Object.entries(profiles);
  return {
    cliVersion: version,
    processes: {
      idle: hosts.reduce((sum, [, { idle }]) => sum + idle, pool.idle),
      starting: hosts.reduce((sum, [, { starting }]) => sum + starting, pool.starting),
      live: live.count,
      liveMemoryBytes: live.memoryBytes,
      all,
    },
    circuit,
    isLoginRefused: loginRefusedAt !== undefined,
    mcpServers: Object.fromEntries(hosts.map(([name, { mcpServers }]) => [name, mcpServers])),
  };
}
