import { Gauge, type Registry } from 'prom-client';
import { metricPrefix } from './instruments.ts';
import type { RunnerState } from '../runner/process/runner-insight.ts';
import type { WatchedState } from './state-watch.ts';

const circuitStates: readonly RunnerState['circuit'][] = ['closed', 'half-open', 'open'];

/** @returns What sets the gauges that tell how the gateway and the runner are, and which version runs. */
export function createStateGauges(registry: Registry, version: string): (state: WatchedState) => void {
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]): Gauge<Label> =>
    new Gauge({ name: metricPrefix + name, help, labelNames, registers: [registry] });
  const running = gauge('turns_running', 'Turns that run.');
  const queued = gauge('turns_queued', 'Turns that wait for a place.');
  const processes = gauge('cli_processes', 'CLI processes by what they do: `live` ones wait for their conversation to go on.', 'state');
  const liveMemory = gauge(
    'cli_live_memory_bytes',
    'What the `live` CLI processes hold in memory, by how it is counted: `pss` or `rss`.',
    'kind',
  );
  const circuit = gauge('circuit_state', '1 for the state that the circuit breaker of CLI processes is in.', 'state');
  const refused = gauge('login_refused', 'Whether the login was refused upstream, and no turn has succeeded since.');
  const servers = gauge(
    'mcp_server_up',
    'Whether an MCP server was connected when the last turn of its profile began.',
    'profile',
    'server',
  );
  const up = gauge('machine_up', 'Whether a machine that runs turns can be asked.', 'machine');
  const places = gauge(
    'machine_turns',
    'Turns of a machine: what it runs, what waits there, and how many it runs at most.',
    'machine',
    'state',
  );
  const build = gauge('build_info', 'Always 1; the labels say which versions run.', 'version', 'cli_version');

  function setRunner(runner: RunnerState): void {
    const { idle, starting, live, liveMemoryBytes, liveMemoryKind, all } = runner.processes;
    processes.set({ state: 'idle' }, idle);
    processes.set({ state: 'starting' }, starting);
    processes.set({ state: 'live' }, live);
    processes.set({ state: 'busy' }, Math.max(0, all - idle - starting - live));
    liveMemory.set({ kind: liveMemoryKind }, liveMemoryBytes);
    for (const state of circuitStates) circuit.set({ state }, state === runner.circuit ? 1 : 0);
    refused.set(runner.isLoginRefused ? 1 : 0);
    for (const [profile, states] of Object.entries(runner.mcpServers)) {
      for (const [server, state] of Object.entries(states)) servers.set({ profile, server }, state === 'connected' ? 1 : 0);
    }
    for (const [machine, told] of Object.entries(runner.machines ?? {})) {
      up.set({ machine }, told.status === 'ok' ? 1 : 0);
      for (const state of ['running', 'queued', 'places'] as const) places.set({ machine, state }, told[state]);
    }
  }

  return ({ turns, runner }) => {
    running.set(turns.running);
    queued.set(turns.queued);
    for (const known of [processes, liveMemory, circuit, refused, servers, up, places, build]) known.reset();
    build.set({ version, cli_version: runner?.cliVersion ?? '' }, 1);
    if (runner !== undefined) setRunner(runner);
  };
}
