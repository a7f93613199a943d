import { expect, test } from 'vitest';
import { runSoak } from './run-soak.ts';

test(
  'a minute of mixed callers, faults and killed processes: nothing that was not provoked, and nothing left',
  { timeout: 180_000 },
  async () => {
    const { problems, report } = await runSoak({ minutes: 1 });
    expect(problems, report).toEqual([]);
  },
);
