import { expect, test } from 'vitest';
import { dayOfUsers, usualHabits } from './day-of-users.ts';
import { simulateDay, type SimulatedDay } from './simulate-day.ts';
import { machineOf16Gigabytes as size } from './simulated-machine.ts';

/** The busiest hour, on machines of a tenth of the size: what holds is the same, and takes a tenth of the time. */
const small = { ...size, cores: 1, places: 4, maxIdle: 2, maxLive: 6 };
const hour = (users: number, machines = 1, placing: 'own' | 'random' = 'own'): Promise<SimulatedDay> =>
  simulateDay(dayOfUsers({ ...usualHabits, users }, { fromHour: 10, toHour: 11 }), { machines, size: small, placing });

test('the same users make the same day, and leave the clock as it was', async () => {
  const before = performance.now();
  expect(await hour(60, 2)).toEqual(await hour(60, 2));
  expect(dayOfUsers({ ...usualHabits, users: 60 }, { seed: 2 })).not.toEqual(dayOfUsers({ ...usualHabits, users: 60 }, { seed: 1 }));
  expect(performance.now()).toBeGreaterThan(before);
  await new Promise((resolve) => void setTimeout(resolve, 1));
});

test('few users find their processes, and wait for nothing', async () => {
  const { turns, followUps, liveShare, warmShare, queuedShare, refused, p95Ms } = await hour(60);
  expect(turns).toBeGreaterThan(followUps);
  expect({ queuedShare, refused }).toEqual({ queuedShare: 0, refused: 0 });
  expect(liveShare).toBeGreaterThan(0.9);
  expect(warmShare).toBeGreaterThan(0.9);
  expect(p95Ms).toBeLessThan(200);
});

test('more users than a machine has room for find their processes less often, then wait, then are refused; it never has more than it may', async () => {
  const [few, some, many] = [await hour(60), await hour(300), await hour(2500)];
  expect(some.liveShare).toBeLessThan(few.liveShare);
  expect(many.liveShare).toBeLessThan(some.liveShare);
  expect(many.queuedShare).toBeGreaterThan(some.queuedShare);
  expect(many.p95Ms).toBeGreaterThan(1000);
  expect(many.refused).toBeGreaterThan(0);
  // One that is taken is replaced at once, before its turn is over.
  for (const { mostProcesses } of [few, some, many])
    expect(mostProcesses).toBeLessThanOrEqual(small.places + small.maxLive + small.maxIdle);
});

test('several machines find as many as one does for its share; where any is as good as another, they find one in so many', async () => {
  const [one, own, random] = [await hour(60), await hour(360, 6), await hour(360, 6, 'random')];
  expect(own.liveShare).toBeGreaterThan(one.liveShare - 0.05);
  expect(random.liveShare).toBeLessThan(own.liveShare / 3);
});
