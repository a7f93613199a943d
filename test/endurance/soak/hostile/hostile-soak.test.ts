import { expect, test } from 'vitest';
import { isLong } from '../../is-long.ts';
import { runHostileSoak } from './run-hostile-soak.ts';

const minutes = isLong ? 4 : 0.25;
const pauseMs = isLong ? 0 : 700;

// Times say something only where there are many, on a machine that does nothing else.
test(
  `${minutes} minutes of good keys, half of it beside a hostile one: they do not notice`,
  { timeout: (minutes + 2) * 60_000 },
  async () => {
    const { problems, report } = await runHostileSoak({ minutes, pauseMs, comparesTimes: isLong });
    expect(problems, report).toEqual([]);
  },
);
