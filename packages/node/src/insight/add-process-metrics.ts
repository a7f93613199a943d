import { readdir, readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from 'prom-client';

/**
 * Adds what Prometheus knows of every process, under the usual names. Not by prom-client's `collectDefaultMetrics`, whose observers
 * can't be stopped, and of which one wakes the process a hundred times a second. These are only read when they are asked for.
 */
export function addProcessMetrics(registry: Registry): void {
  const registers = [registry];

  function gauge(name: string, help: string, read: () => number | Promise<number>): void {
    const metric = new Gauge({
      name,
      help,
      registers,
      async collect() {
        metric.set(await read());
      },
    });
  }

  function counter(name: string, help: string, read: () => number): void {
    let last = 0;
    const metric = new Counter({
      name,
      help,
      registers,
      collect() {
        const value = read();
        metric.inc(Math.max(0, value - last));
        last = value;
      },
    });
  }

  counter('process_cpu_user_seconds_total', 'User CPU time.', () => process.cpuUsage().user / 1e6);
  counter('process_cpu_system_seconds_total', 'System CPU time.', () => process.cpuUsage().system / 1e6);
  counter('process_cpu_seconds_total', 'User and system CPU time.', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  const startTime = Math.round(Date.now() / 1000 - process.uptime());
  gauge('process_start_time_seconds', 'When the process started, in Unix time.', () => startTime);
  gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss());
  gauge('nodejs_heap_size_total_bytes', 'Size of the JavaScript heap.', () => process.memoryUsage().heapTotal);
  gauge('nodejs_heap_size_used_bytes', 'What is used of the JavaScript heap.', () => process.memoryUsage().heapUsed);
  gauge(
    'nodejs_external_memory_bytes',
    'Memory of buffers and the like, outside the JavaScript heap.',
    () => process.memoryUsage().external,
  );
  counter(
    'nodejs_eventloop_active_seconds_total',
    'How long the event loop was busy.',
    () => performance.eventLoopUtilization().active / 1000,
  );
  counter(
    'nodejs_eventloop_idle_seconds_total',
    'How long the event loop had nothing to do.',
    () => performance.eventLoopUtilization().idle / 1000,
  );
  if (process.platform !== 'linux') return;
  gauge('process_open_fds', 'Open file descriptors.', countOpenFiles);
  gauge('process_max_fds', 'How many file descriptors can be open.', readMaxFiles);
}

/** NaN is no number in the text format, so what can't be told is 0. */
async function countOpenFiles(): Promise<number> {
  try {
    // Less the one that this takes.
    return (await readdir('/proc/self/fd')).length - 1;
  } catch {
    return 0;
  }
}

async function readMaxFiles(): Promise<number> {
  try {
    return Number(/^Max open files\s+(\d+)/m.exec(await readFile('/proc/self/limits', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
