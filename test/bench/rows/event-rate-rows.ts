import { perCpuSecond } from '../per-cpu-second.ts';
import { mediansInTurns } from '../medians-in-turns.ts';
import { readToEnd } from '../read-to-end.ts';
import { startScriptedServer } from '../servers/start-scripted-server.ts';
import { briskPace } from '../servers/stream-pace.ts';
import { withResources } from '../with-resources.ts';
import type { Row } from './row.ts';

const { streams, eventsEach } = briskPace;

/** Events of many streams at once, given as fast as they are read, by the gateway and by a bare route; rounds of both in turns. */
export async function eventRateRows(samples: number): Promise<Row[]> {
  return withResources(async (keep) => {
    const gateway = keep(await startScriptedServer('brisk'));
    const bare = keep(await startScriptedServer('bare-brisk'));
    const measures = { own: () => perCpuSecond(gateway.url, readAll), reference: () => perCpuSecond(bare.url, readAll) };
    // Both have compiled then what they need.
    await mediansInTurns(3, measures);
    const { own, reference } = await mediansInTurns(samples, measures);
    return [
      {
        measure: `events in a second of one core, ${streams} streams at once, as fast as they are read`,
        value: own.toFixed(0),
        against: `bare Hono route, same bytes: ${reference.toFixed(0)}`,
        result: own / reference,
        unit: 'x',
        target: { atLeast: 0.5 },
      },
    ];
  });
}

/** Reads all streams to their end; how many events there were. */
async function readAll(url: string): Promise<number> {
  await Promise.all(Array.from({ length: streams }, () => readToEnd(url)));
  return streams * eventsEach;
}
