import { expect, test } from 'vitest';
import { isLong } from '../is-long.ts';
import { runSoak } from './run-soak.ts';

const minutes = isLong ? 10 : 0.3;
// What is wrong at all shows itself with a few of each kind.
const pauseMs = isLong ? 0 : 700;

test(
  `${minutes} minutes of mixed callers, faults and killed processes: nothing that was not provoked, and nothing left`,
  { timeout: (minutes + 2) * 60_000 },
  async () => {
    const { problems, report } = await runSoak({ minutes, pauseMs });
    expect(problems, report).toEqual([]);
  },
);
