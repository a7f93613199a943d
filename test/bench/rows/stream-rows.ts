import { median } from '../median.ts';
import { readStreams, type ReadStreams } from '../read-streams.ts';
import type { Row } from './row.ts';
import { startScriptedServer } from '../servers/start-scripted-server.ts';
import { streamPace } from '../servers/stream-pace.ts';
import { withResources } from '../with-resources.ts';

const rounds = 3;
const { streams, everyMs } = streamPace;
const plannedPerSecond = (streams / everyMs) * 1000;

/** Many streams at once, by the whole server and by a bare route, in turns; all of them whole and in order. */
export async function streamRows(): Promise<Row[]> {
  return withResources(async (keep) => {
    const settings = { 'claude.max_concurrent_sessions': String(streams) };
    const gateway = keep(await startScriptedServer('paced', { settings }));
    const bare = keep(await startScriptedServer('bare-stream'));
    // Both have compiled then what they need.
    await readStreams(gateway.url);
    await readStreams(bare.url);
    const read = { gateway: [] as ReadStreams[], bare: [] as ReadStreams[] };
    for (let round = 0; round < rounds; round += 1) {
      read.gateway.push(await readStreams(gateway.url));
      read.bare.push(await readStreams(bare.url));
    }
    const rate = median(read.gateway.map(({ eventsPerSecond }) => eventsPerSecond));
    return [
      latencyRow(50, read, 2.5),
      latencyRow(99, read, 4),
      {
        measure: `${streams} streams at once, all whole and in order: events given and read in a second`,
        value: rate.toFixed(0),
        against: `the pace: ${plannedPerSecond}`,
        result: rate / plannedPerSecond,
        unit: 'x',
        target: { atLeast: 0.95 },
      },
    ];
  });
}

function latencyRow(percent: number, read: Readonly<Record<'gateway' | 'bare', readonly ReadStreams[]>>, atMost: number): Row {
  const [own, reference] = [read.gateway, read.bare].map((all) => median(all.map(({ latencies }) => percentile(latencies, percent))));
  return {
    measure: `${streams} streams at once, ${plannedPerSecond} events a second: from the runner's event to the reader's socket, p${percent}`,
    value: `${own!.toFixed(2)} ms`,
    against: `bare Hono route, same bytes: ${reference!.toFixed(2)} ms`,
    result: own! / reference!,
    unit: 'x',
    target: { atMost },
  };
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? Number.NaN;
}
