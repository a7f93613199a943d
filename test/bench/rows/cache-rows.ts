import { startRedis } from '../../support/servers/start-redis.ts';
import { chatWhole } from '../chat-whole.ts';
import { mediansInTurns } from '../medians-in-turns.ts';
import type { Row } from './row.ts';
import { startScriptedServer } from '../servers/start-scripted-server.ts';
import { withResources } from '../with-resources.ts';

const callsPerSample = 20;
const body = { messages: [{ role: 'user', content: 'Hello' }], seed: 1 };

/** A request that the response cache answers, against the same kept out of it and run by a scripted runner, which answers at once. */
export async function cacheRows(samples: number): Promise<Row[]> {
  return withResources(async (keep) => {
    const redis = await startRedis();
    keep({ close: () => redis.kill() });
    const inMemory = keep(await startScriptedServer('server'));
    const inRedis = keep(await startScriptedServer('server', { settings: { 'storage.driver': 'redis', 'storage.url': redis.url } }));
    return [
      await rowOf('memory', inMemory.url, { calls: samples * callsPerSample, atMost: 1.2 }),
      await rowOf('redis', inRedis.url, { calls: samples * callsPerSample, atMost: 1.5 }),
    ];
  });
}

async function rowOf(driver: string, url: string, { calls, atMost }: { readonly calls: number; readonly atMost: number }): Promise<Row> {
  const measures = { hit: () => timed(url, 'hit'), scripted: () => timed(url, 'bypass') };
  // The first is what is kept.
  await chatWhole(url, body);
  await mediansInTurns(calls, measures);
  const { hit, scripted } = await mediansInTurns(calls, measures);
  return {
    measure: `whole request answered from the cache, ${driver}`,
    value: `${hit.toFixed(2)} ms`,
    against: `scripted turn, no cache: ${scripted.toFixed(2)} ms`,
    result: hit / scripted,
    unit: 'x',
    target: { atMost },
  };
}

async function timed(url: string, outcome: 'hit' | 'bypass'): Promise<number> {
  const { milliseconds, headers } = await chatWhole(url, body, outcome === 'bypass' ? { 'cache-control': 'no-store' } : {});
  if (headers.get('x-cache') !== outcome) throw new Error(`The cache says ${headers.get('x-cache')}, not ${outcome}.`);
  return milliseconds;
}
