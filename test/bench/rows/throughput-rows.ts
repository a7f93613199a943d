import autocannon from 'autocannon';
import { load } from '../load.ts';
import { median } from '../median.ts';
import { memoryOf } from '../memory-of.ts';
import type { Row } from './row.ts';
import { startScriptedServer } from '../servers/start-scripted-server.ts';

const rounds = 3;
const secondsOfLoad = 3;
const body = JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] });

/** Requests a second with a scripted runner, against a bare route; rounds of both in turns. */
export async function throughputRows(): Promise<Row[]> {
  const gateway = await startScriptedServer('gateway');
  const bare = await startScriptedServer('bare');
  try {
    await rate(gateway.url);
    await rate(bare.url);
    const rates = { gateway: [] as number[], bare: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      rates.gateway.push(await rate(gateway.url));
      rates.bare.push(await rate(bare.url));
    }
    const [own, reference] = [median(rates.gateway), median(rates.bare)];
    return [
      {
        measure: 'requests a second, scripted runner, not streamed',
        value: own.toFixed(0),
        against: `bare Hono route, same bytes: ${reference.toFixed(0)}`,
        result: own / reference,
        unit: 'x',
        target: { atLeast: 0.5 },
      },
    ];
  } finally {
    await gateway.close();
    await bare.close();
  }
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

/** Requests a second, over some seconds. */
async function rate(url: string): Promise<number> {
  const result = await autocannon({
    url: `${url}/v1/chat/completions`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    connections: 50,
    duration: secondsOfLoad,
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx + result.errors} requests failed.`);
  return result.requests.average;
}
