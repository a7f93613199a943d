import { expect, test } from 'vitest';
import { runHostileSoak } from './run-hostile-soak.ts';

test('a minute of good keys, half of it beside a hostile one: they do not notice', { timeout: 180_000 }, async () => {
  const { problems, report } = await runHostileSoak({ minutes: 1 });
  expect(problems, report).toEqual([]);
});
