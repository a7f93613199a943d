import type { RunnerState } from '../runner/runner-insight.ts';
import type { RunnerStats } from './stats.ts';

export function toRunnerStats({ cliVersion, processes, circuit, isLoginRefused, mcpServers }: RunnerState): RunnerStats {
  const { idle, starting, live, liveMemoryBytes, all } = processes;
  return {
    cli_version: cliVersion,
    processes: { idle, starting, live, live_memory_bytes: liveMemoryBytes, all },
    circuit,
    login_refused: isLoginRefused,
    mcp_servers: mcpServers,
  };
}
