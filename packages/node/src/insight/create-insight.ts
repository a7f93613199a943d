import type { Insight } from '@claude-code-api/gateway';
import { Registry } from 'prom-client';
import { ownVersion } from '../own-version.ts';
import { safely } from '../basics/safely.ts';
import { addProcessMetrics } from './add-process-metrics.ts';
import { createRecorder } from './create-recorder.ts';
import { createRunningRequests } from './create-running-requests.ts';
import { createInstruments } from './instruments.ts';
import { loadPage } from './load-page.ts';
import { readInstruments } from './reading.ts';
import type { RunnerInsight, RunnerState } from '../runner/process/runner-insight.ts';
import { createStateGauges } from './state-gauges.ts';
import { createStateWatch } from './state-watch.ts';
import { createStatsHistory } from './stats-history.ts';
import type { KeyLimitStats, RunnerStats, Stats } from './stats.ts';
import { createSteadyClock } from './steady-clock.ts';
import { toStatsWindow } from './to-stats-window.ts';
import { traceRequests } from './trace-requests.ts';

/** The clocks by which it counts, for tests. */
export interface InsightOptions {
  /** Unix time in milliseconds. Default: the clock's. */
  readonly now?: () => number;
  /** Milliseconds that no setting of the clock changes. Default: `performance.now()`. */
  readonly monotonicMs?: () => number;
}

/** What counts for one gateway and one runner. */
export interface NodeInsight extends Insight, RunnerInsight {
  stats(): Promise<Stats>;
  /** Names what tells how the limits of keys stand, for `stats`. */
  watchLimits(read: () => Promise<readonly KeyLimitStats[]>): void;
  /** Ends its timer. What is told afterwards is still counted. */
  close(): void;
}

const stepMs = 10_000;

/**
 * Counts what it is told in a registry of its own, from which both `/stats` and `/metrics` are read, and tells it to an SDK of OpenTelemetry where the
 * process has one.
 */
export function createInsight(options: InsightOptions = {}): NodeInsight {
  const { now = Date.now, monotonicMs = () => performance.now() } = options;
  const registry = new Registry();
  const instruments = createInstruments(registry);
  const setGauges = createStateGauges(registry, ownVersion());
  addProcessMetrics(registry);
  const recorder = createRecorder(instruments);
  const running = createRunningRequests();
  let readLimits = async (): Promise<readonly KeyLimitStats[]> => [];
  const clock = createSteadyClock({ now, monotonicMs });
  const watch = createStateWatch();
  const read = () => readInstruments(instruments);
  let changes = 0;
  const history = createStatsHistory({ clock, read, readState: () => watch.read(), changes: () => changes });
  const timer = setInterval(() => void history.step(), stepMs);
  timer.unref();

  function counted<Facts extends readonly unknown[]>(record: (...facts: Facts) => void): (...facts: Facts) => void {
    const recordSafely = safely(record);
    return (...facts) => {
      changes += 1;
      recordSafely(...facts);
    };
  }

  return {
    dashboard: loadPage('dashboard'),
    requestBegan: traceRequests(),
    requestRuns: (request) => running.add(request),
    cancelRequest: (id) => running.cancel(id),
    requestEnded: counted(recorder.requestEnded),
    turnEnded: counted(recorder.turnEnded),
    processStarted: counted(recorder.processStarted),
    processFailed: counted(recorder.processFailed),
    turnRetried: counted(recorder.turnRetried),
    toolDenied: counted(recorder.toolDenied),
    watchGateway(readGateway) {
      watch.watchGateway(readGateway);
    },
    watchLimits(readAll) {
      readLimits = readAll;
    },
    watch(readRunner) {
      watch.watchRunner(readRunner);
    },
    async stats() {
      const { turns, runner } = await watch.read();
      const reading = await read();
      return {
        object: 'stats',
        started_at: clock.toUnixSeconds(0),
        uptime_seconds: Math.round(clock.elapsedMs() / 1000),
        since_start: toStatsWindow(reading),
        last_minutes: {
          '1': history.lastMinutes(1, reading),
          '5': history.lastMinutes(5, reading),
          '15': history.lastMinutes(15, reading),
        },
        now: {
          turns,
          requests: running.list(),
          limits: await readLimits(),
          ...(runner !== undefined && { runner: toRunnerStats(runner) }),
          memory_bytes: process.memoryUsage.rss(),
        },
        timeline: history.timeline(),
      };
    },
    async metrics() {
      setGauges(await watch.read());
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
    close() {
      clearInterval(timer);
      watch.close();
    },
  };
}

function toRunnerStats({ cliVersion, processes, circuit, isLoginRefused, mcpServers, machines }: RunnerState): RunnerStats {
  const { idle, starting, live, liveMemoryBytes, liveMemoryKind, all } = processes;
  return {
    cli_version: cliVersion,
    processes: { idle, starting, live, live_memory_bytes: liveMemoryBytes, live_memory_kind: liveMemoryKind, all },
    circuit,
    login_refused: isLoginRefused,
    mcp_servers: mcpServers,
    ...(machines !== undefined && { machines }),
  };
}
