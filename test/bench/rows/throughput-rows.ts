import { load } from '../load.ts';
import { mediansInTurns } from '../medians-in-turns.ts';
import { memoryOf } from '../memory-of.ts';
import { perCpuSecond } from '../per-cpu-second.ts';
import type { Row } from './row.ts';
import { startScriptedServer } from '../servers/start-scripted-server.ts';
import { withResources } from '../with-resources.ts';

const requestsOfRound = 5000;

/** Requests with a scripted runner, against a bare route that reads the same; rounds of both in turns. */
export async function throughputRows(samples: number): Promise<Row[]> {
  return withResources(async (keep) => {
    const gateway = keep(await startScriptedServer('gateway'));
    const bare = keep(await startScriptedServer('bare'));
    const measures = { own: () => perCpuSecond(gateway.url, askAll), reference: () => perCpuSecond(bare.url, askAll) };
    // Both have compiled then what they need.
    await mediansInTurns(5, measures);
    const { own, reference } = await mediansInTurns(samples, measures);
    return [
      {
        measure: 'requests in a second of one core, scripted runner, not streamed',
        value: own.toFixed(0),
        against: `Hono route that parses the same body by the same schema, same bytes: ${reference.toFixed(0)}`,
        result: own / reference,
        unit: 'x',
        target: { atLeast: 0.6 },
      },
    ];
  });
}

/** Memory after many requests, against after few. */
export async function memoryRows(): Promise<Row[]> {
  const gateway = await startScriptedServer('gateway');
  try {
    await load(gateway.url, 2000);
    const few = (await memoryOf(gateway.url)).heapBytes;
    await load(gateway.url, 18_000);
    const many = (await memoryOf(gateway.url)).heapBytes;
    return [
      {
        measure: 'gateway memory (heap held after a collection) after 20,000 scripted requests',
        value: `${(many / 1e6).toFixed(1)} MB`,
        against: `after 2,000: ${(few / 1e6).toFixed(1)} MB`,
        result: many / few,
        unit: 'x',
        target: { atMost: 1.1 },
      },
    ];
  } finally {
    await gateway.close();
  }
}

/** As many times, however long that takes: on a busy machine a server that is asked for a time has not compiled what it needs. */
async function askAll(url: string): Promise<number> {
  await load(url, requestsOfRound);
  return requestsOfRound;
}
