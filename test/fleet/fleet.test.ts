import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { isLong } from '../endurance/is-long.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startRedis } from '../support/servers/start-redis.ts';
import { createFleetCaller, type FleetCaller } from './create-caller.ts';
import { createWitness } from './create-witness.ts';
import { startFleet, type Fleet, type FleetOptions, type Member } from './start-fleet.ts';
import { closeAll, type Closable } from '../support/close-all.ts';

const options = { timeout: isLong ? 5_400_000 : 300_000 };
/** In each of the two fleets. */
const faults = isLong ? 100 : 5;
/** Of even number: half of them bring all that was said. */
const callers = isLong ? 6 : 4;

const open: Closable[] = [];
afterEach(() => closeAll(open));

type Fault = 'SIGKILL' | 'SIGTERM' | 'SIGSTOP';
const kinds: readonly Fault[] = ['SIGKILL', 'SIGSTOP', 'SIGTERM'];

/** Does it to a member in mid-turn; it is back, or goes on, afterwards. */
async function harm(member: Member, fault: Fault): Promise<void> {
  const { child } = member;
  if (fault !== 'SIGSTOP') return member.restart(fault);
  child.kill('SIGSTOP');
  // Some are given up meanwhile, and some are not.
  await wait(300 + Math.random() * 4000);
  child.kill('SIGCONT');
}

async function harmWhileTalking(fleet: Fleet, asking: readonly FleetCaller[]): Promise<void> {
  const members = [...fleet.machines, ...fleet.gateways];
  const over = new AbortController();
  const talking = asking.map(async (caller) => {
    while (!over.signal.aborted) await caller.ask();
    // Each goes on once more where all are well.
    await caller.ask();
  });
  const failed = Promise.race(talking.map((each) => each.then(() => new Promise<never>(() => {}))));
  const harming = (async () => {
    for (let index = 0; index < faults && !over.signal.aborted; index += 1) {
      await wait(200 + Math.random() * 800);
      const victim = members[index % members.length];
      if (victim !== undefined) await harm(victim, kinds[Math.floor(index / members.length + index) % kinds.length] ?? 'SIGKILL');
    }
  })();
  try {
    await Promise.race([harming, failed]);
  } finally {
    over.abort();
    // Nobody is started again after the end of all.
    await harming.catch(() => {});
  }
  await Promise.all(talking);
}

async function stateOf({ url }: Member, token: string): Promise<object> {
  const response = await fetch(`${url}/runner/state`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'x-runner-version': '1' },
    body: JSON.stringify({ gateway: 'test' }),
  });
  return (await response.json()) as object;
}

async function run(fleetOptions: FleetOptions): Promise<void> {
  const fleet = await startFleet(fleetOptions);
  open.push(fleet);
  const witness = createWitness(fleet.mock);
  const urls = (): string[] => fleet.gateways.map(({ url }) => url);
  const asking = Array.from({ length: callers }, (_, index) => createFleetCaller(index, urls, witness));
  await Promise.all(asking.map((caller) => caller.ask()));
  await harmWhileTalking(fleet, asking);
  expect(witness.problems).toEqual([]);
  const answered = asking.reduce((sum, { counts }) => sum + counts.answered, 0);
  const failed = asking.reduce((sum, { counts }) => sum + counts.failed, 0);
  console.log(
    `${faults} faults: ${answered} turns answered, ${failed} requests failed and were made again, ${witness.late} asked too late`,
  );
  expect(answered).toBeGreaterThan(callers * 2);
  for (const machine of fleet.machines)
    await expect
      .poll(() => stateOf(machine, fleet.token), { timeout: 60_000 })
      .toMatchObject({ healthy: true, draining: false, room: { running: 0, queued: 0 } });
  for (const { url } of fleet.gateways)
    await expect
      .poll(async () => (await fetch(`${url}/health`)).json(), { timeout: 60_000 })
      .toMatchObject({ status: 'ok', turns: { running: 0, queued: 0 } });
}

test('one gateway and three machines, killed and stopped in mid-turn, lose and mix nothing', options, async () => {
  const path = await makeTemporaryDirectory();
  open.push({ close: () => rm(path, { recursive: true, force: true }) });
  await run({ gateways: 1, machines: 3, storage: ['--storage.driver', 'fs', '--storage.path', path] });
});

test('nor do three gateways and three machines on one Redis', options, async () => {
  const redis = await startRedis();
  open.push({ close: () => redis.kill() });
  await run({ gateways: 3, machines: 3, storage: ['--storage.driver', 'redis', '--storage.url', redis.url] });
});
