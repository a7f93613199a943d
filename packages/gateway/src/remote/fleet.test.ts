import { afterEach, expect, test, vi } from 'vitest';
import { silentLogger } from '../ports/logger.ts';
import { createFleet } from './fleet.ts';
import type { MachineLink } from './machine-link.ts';
import type { MachineState } from './protocol.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const room = { places: 1, running: 0, queued: 0, warm: 0, live: 0, load: 0 };
const well: MachineState = { healthy: true, draining: false, room, holds: [], details: {} };

interface Question {
  readonly answer: (state: MachineState) => void;
  readonly fail: (error: Error) => void;
}

/** A link to a machine that answers when the test does. */
function slowLink(questions: Question[]): MachineLink {
  return {
    run() {
      throw new Error('No turn is run.');
    },
    ask: async () => new Promise((answer, fail) => void questions.push({ answer, fail })),
  };
}

test('of questions to a slow machine that overlap the later one tells how it is', async () => {
  const questions: Question[] = [];
  const slow = slowLink(questions);
  const links: Readonly<Record<string, MachineLink>> = { 'http://slow': slow, 'http://quick': { ...slow, ask: async () => well } };
  const fleet = createFleet({
    list: () => Object.keys(links),
    link: (url) => links[url] ?? slow,
    ...{ greeting: () => ({ gateway: 'gateway' }), pollMs: 60_000, logger: silentLogger },
  });
  const statuses = (): string[] => fleet.reports().map(({ status }) => status);
  await fleet.refresh();
  expect(statuses()).toEqual(['unknown', 'ok']);
  const asking = fleet.refresh();
  await expect.poll(() => questions).toHaveLength(2);
  questions[1]?.answer(well);
  await asking;
  expect(statuses()).toEqual(['ok', 'ok']);
  questions[0]?.fail(new Error('It did not answer in time.'));
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(statuses()).toEqual(['ok', 'ok']);
  fleet.close();
});

test('a machine that leaves the list is given nothing more, and asked as long as a turn runs there: else it would end that', async () => {
  const asked: string[] = [];
  const link = (name: string): MachineLink => ({
    ...slowLink([]),
    async ask() {
      asked.push(name);
      return well;
    },
  });
  let list = ['http://a', 'http://b'];
  const fleet = createFleet({ list: () => list, link, greeting: () => ({ gateway: 'gateway' }), pollMs: 60_000, logger: silentLogger });
  const round = async (): Promise<string> => {
    asked.length = 0;
    await fleet.refresh();
    return asked.toSorted().join();
  };
  await round();
  const end = fleet.open.find(({ name }) => name === 'http://a')?.begin();
  list = ['http://b'];
  expect([await round(), fleet.open.map(({ name }) => name), fleet.reports().length]).toEqual(['http://a,http://b', ['http://b'], 1]);
  expect(await round()).toBe('http://a,http://b');
  end?.();
  expect(await round()).toBe('http://b');
});

test('a turn keeps its machine asked, also when the request has ended that began to ask', async () => {
  vi.useFakeTimers();
  const interval = vi.spyOn(globalThis, 'setInterval');
  let questions = 0;
  const link = (): MachineLink => ({
    ...slowLink([]),
    async ask() {
      questions += 1;
      return well;
    },
  });
  const fleet = createFleet({
    list: () => ['http://a'],
    link,
    ...{ greeting: () => ({ gateway: 'gateway' }), pollMs: 5000, logger: silentLogger },
  });
  await fleet.ready();
  // As a worker ends it, where a timer goes with its request.
  for (const { value } of interval.mock.results) clearInterval(value as ReturnType<typeof setInterval>);
  await fleet.ready();
  const end = fleet.open[0]?.begin();
  for (let times = 1; times <= 6; times += 1) {
    questions = 0;
    await vi.advanceTimersByTimeAsync(15_000);
    expect(questions).toBeGreaterThan(0);
  }
  end?.();
  fleet.close();
  expect(vi.getTimerCount()).toBe(0);
});
