import { createKey, hashKey } from '@claude-code-api/node';
import { simulatePlacement } from '../../simulation/simulate-placement.ts';
import { median } from '../median.ts';
import { processTimes } from '../process-times.ts';
import { readToEnd } from '../read-to-end.ts';
import { startScriptedServer, type ScriptedServer } from '../servers/start-scripted-server.ts';
import { briskPace, steadyPace } from '../servers/stream-pace.ts';
import { withResources } from '../with-resources.ts';
import type { Row } from './row.ts';

const rounds = 3;
const places = String(4 * steadyPace.streams);

/** What one gateway passes on of several machines, what bounds that, and whether follow-ups find their processes on them. */
export async function fleetRows(): Promise<Row[]> {
  return [...(await withResources(paced)), ...(await withResources(bound)), await placement(3), await placement(30)];
}

type Keep = Parameters<Parameters<typeof withResources>[0]>[0];

async function startFleet(keep: Keep, kind: 'steady-machine' | 'brisk-machine', count: number): Promise<ScriptedServer[]> {
  const token = createKey();
  const own = { 'machine.listen': '127.0.0.1:0', 'machine.token_hashes': JSON.stringify([hashKey(token)]) };
  const machines: ScriptedServer[] = [];
  for (let index = 0; index < count; index += 1)
    machines.push(keep(await startScriptedServer(kind, { settings: { ...own, 'claude.max_concurrent_sessions': places } })));
  const remote = {
    'claude.runner': 'remote',
    'claude.machines': JSON.stringify(machines.map(({ url }) => url)),
    'claude.runner_token': token,
  };
  const gateway = keep(await startScriptedServer('remote', { settings: { ...remote, 'claude.max_concurrent_sessions': places } }));
  return [gateway, ...machines];
}

/** Each machine has as many streams as it is given, at the same pace. */
async function paced(keep: Keep): Promise<Row[]> {
  const [one] = await startFleet(keep, 'steady-machine', 1);
  const [three] = await startFleet(keep, 'steady-machine', 3);
  const { streams, eventsEach } = steadyPace;
  const rate = async (gateway: ScriptedServer | undefined, all: number): Promise<number> => {
    const begin = performance.now();
    await Promise.all(Array.from({ length: all }, () => readToEnd(gateway?.url ?? '')));
    return (all * eventsEach * 1000) / (performance.now() - begin);
  };
  const rates = { one: [] as number[], three: [] as number[] };
  // The first round is for all to have compiled what they need.
  for (let round = 0; round <= rounds; round += 1) {
    const measured = [await rate(one, streams), await rate(three, 3 * streams)] as const;
    if (round === 0) continue;
    rates.one.push(measured[0]);
    rates.three.push(measured[1]);
  }
  const [ofOne, ofThree] = [median(rates.one), median(rates.three)];
  return [
    {
      measure: `events a second through one gateway, ${streams} paced streams on each of three machines`,
      value: ofThree.toFixed(0),
      against: `on one machine: ${ofOne.toFixed(0)}`,
      result: ofThree / ofOne,
      unit: 'x',
      target: { atLeast: 2.5 },
    },
  ];
}

/** Where events come as fast as they are read, whose core is full first. */
async function bound(keep: Keep): Promise<Row[]> {
  const [gateway, machine] = await startFleet(keep, 'brisk-machine', 1);
  if (gateway === undefined || machine === undefined) return [];
  const streams = steadyPace.streams;
  const readAll = (): Promise<unknown> => Promise.all(Array.from({ length: streams }, () => readToEnd(gateway.url)));
  await readAll();
  const before = await cpuMsOf([gateway, machine]);
  for (let round = 0; round < rounds; round += 1) await readAll();
  const after = await cpuMsOf([gateway, machine]);
  const [own = Number.NaN, other = Number.NaN] = after.map(
    (cpuMs, index) => (rounds * streams * briskPace.eventsEach * 1000) / (cpuMs - (before[index] ?? 0)),
  );
  return [
    {
      measure: 'events that a gateway passes on from machines in a second of one core, which is what bounds it',
      value: own.toFixed(0),
      against: `that a machine gives in one: ${other.toFixed(0)}`,
      result: own / other,
      unit: 'x',
    },
  ];
}

async function cpuMsOf(servers: readonly ScriptedServer[]): Promise<number[]> {
  const all = await processTimes();
  return servers.map((server) => all.find(({ pid }) => pid === server.pid)?.cpuMs ?? Number.NaN);
}

async function placement(machines: number): Promise<Row> {
  const { own, random, users } = await simulatePlacement(machines);
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  return {
    measure: `follow-ups that found their live process, ${machines} machines, ${users} users in the busiest hour (simulated)`,
    value: percent(own),
    against: `any machine: ${percent(random)}`,
    result: own * 100,
    unit: '%',
    target: { atLeast: 90 },
  };
}
