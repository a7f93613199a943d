import { rm } from 'node:fs/promises';
import { makeTemporaryDirectory } from '../../support/make-temporary-directory.ts';
import { startRedis } from '../../support/servers/start-redis.ts';
import { chatWhole } from '../chat-whole.ts';
import { load } from '../load.ts';
import { mediansInTurns } from '../medians-in-turns.ts';
import type { Row } from './row.ts';
import { startScriptedServer } from '../servers/start-scripted-server.ts';
import { withResources } from '../with-resources.ts';

type Keep = Parameters<Parameters<typeof withResources>[0]>[0];

const few = 10;
const many = 10_000;
const callsPerSample = 20;

/** What opens a place of its own to store in; the settings that name it. */
const drivers: Readonly<Record<string, (keep: Keep) => Promise<Record<string, string>>>> = {
  memory: async () => ({ 'storage.driver': 'memory' }),
  async fs(keep) {
    const path = await makeTemporaryDirectory();
    keep({ close: () => rm(path, { recursive: true, force: true }) });
    return { 'storage.driver': 'fs', 'storage.path': path };
  },
  async redis(keep) {
    const redis = await startRedis();
    keep({ close: () => redis.kill() });
    return { 'storage.driver': 'redis', 'storage.url': redis.url };
  },
};

/** Turns and lists with 10,000 stored conversations, against the same with 10; both servers up, calls of both in turns. */
export async function storageRows(samples: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const driver of Object.keys(drivers)) rows.push(...(await rowsOf(driver, samples * callsPerSample)));
  return rows;
}

async function rowsOf(driver: string, calls: number): Promise<Row[]> {
  return withResources(async (keep) => {
    const [small, large] = [await open(driver, keep), await open(driver, keep)];
    await load(large, many);
    await load(small, few);
    // As many requests as the other has had, so that both have compiled as much.
    await load(small, many - few, { store: false });
    const measures = {
      turnOfFew: await turnById(small),
      turnOfMany: await turnById(large),
      listOfFew: () => list(small),
      listOfMany: () => list(large),
    };
    await mediansInTurns(calls / 2, measures);
    const times = await mediansInTurns(calls, measures);
    return [
      toRow(`whole scripted turn by conversation id, ${driver}`, times.turnOfMany, times.turnOfFew),
      toRow(`page of ${few} of the list, ${driver}`, times.listOfMany, times.listOfFew),
    ];
  });
}

function toRow(what: string, ofMany: number, ofFew: number): Row {
  return {
    measure: `${what}, 10,000 conversations stored`,
    value: `${ofMany.toFixed(2)} ms`,
    against: `10 stored: ${ofFew.toFixed(2)} ms`,
    result: ofMany / ofFew,
    unit: 'x',
    target: { atMost: 1.2 },
  };
}

async function open(driver: string, keep: Keep): Promise<string> {
  const settings = (await drivers[driver]?.(keep)) ?? {};
  const server = keep(await startScriptedServer('server', { settings: { ...settings, 'claude.max_concurrent_sessions': '50' } }));
  return server.url;
}

/** Each turn goes into another of the ten oldest, so that on both servers they grow alike. */
async function turnById(url: string): Promise<() => Promise<number>> {
  const page = (await (await fetch(`${url}/v1/conversations?limit=${few}&order=asc`)).json()) as { data: readonly { id: string }[] };
  if (page.data.length !== few) throw new Error(`The list has ${page.data.length} conversations, not ${few}.`);
  let turns = 0;
  return async () => {
    const id = page.data[turns % few]!.id;
    turns += 1;
    const { milliseconds } = await chatWhole(url, { conversation_id: id, messages: [{ role: 'user', content: 'And now?' }] });
    return milliseconds;
  };
}

/** A page that both servers can fill. */
async function list(url: string): Promise<number> {
  const begin = performance.now();
  const response = await fetch(`${url}/v1/conversations?limit=${few}`);
  const text = await response.text();
  const milliseconds = performance.now() - begin;
  if (!response.ok) throw new Error(`The gateway answered ${response.status}: ${text}`);
  return milliseconds;
}
