import { setTimeout as sleep } from 'node:timers/promises';
import { memoryOf, type ServerMemory } from '../memory-of.ts';
import { readStreams } from '../read-streams.ts';
import { startScriptedServer } from '../servers/start-scripted-server.ts';
import { streamPace } from '../servers/stream-pace.ts';
import { withResources } from '../with-resources.ts';
import type { Row } from './row.ts';

const { streams, eventsEach, everyMs } = streamPace;
const rounds = 5;

/** What open streams take of the gateway's memory, and what is left of many that have ended. */
export async function streamMemoryRows(): Promise<Row[]> {
  return withResources(async (keep) => {
    // Of the answers themselves few are kept.
    const settings = { 'claude.max_concurrent_sessions': String(streams), 'storage.max_megabytes': '1' };
    const server = keep(await startScriptedServer('paced', { settings }));
    // What the server itself comes to need is there by then.
    await readStreams(server.url);
    const before = await memoryOf(server.url);
    const within = await readAndWeigh(server.url);
    for (let round = 1; round < rounds; round += 1) await readStreams(server.url);
    const after = await memoryOf(server.url);
    const kilobytes = (within.heapBytes - before.heapBytes) / streams / 1000;
    return [
      {
        measure: `gateway memory (heap held after a collection) for each of ${streams} open streams`,
        value: `${kilobytes.toFixed(1)} kB`,
        against: `resident in all: ${(within.residentBytes / 1e6).toFixed(0)} MB, before: ${(before.residentBytes / 1e6).toFixed(0)} MB`,
        result: kilobytes,
        unit: 'kB',
        target: { atMost: 100 },
      },
      {
        measure: `gateway memory (heap held after a collection) after ${rounds * streams} more streams`,
        value: `${(after.heapBytes / 1e6).toFixed(1)} MB`,
        against: `before: ${(before.heapBytes / 1e6).toFixed(1)} MB`,
        result: after.heapBytes / before.heapBytes,
        unit: 'x',
        target: { atMost: 1.1 },
      },
    ];
  });
}

/** The memory while all streams are open. */
async function readAndWeigh(url: string): Promise<ServerMemory> {
  const reading = readStreams(url);
  const weighing = sleep((eventsEach * everyMs) / 2).then(() => memoryOf(url));
  const [, memory] = await Promise.all([reading, weighing]);
  return memory;
}
