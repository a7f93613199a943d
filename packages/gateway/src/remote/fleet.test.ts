import { expect, test } from 'vitest';
import { silentLogger } from '../ports/logger.ts';
import { createFleet } from './fleet.ts';
import type { MachineLink } from './machine-link.ts';
import type { MachineState } from './protocol.ts';

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
