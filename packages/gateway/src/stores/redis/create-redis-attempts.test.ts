import { afterEach, expect, test, vi } from 'vitest';
import { createRedisAttempts } from './create-redis-attempts.ts';

const without = async (): Promise<string> => 'without';
const settle = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve));
afterEach(() => void vi.useRealTimers());

/** A Redis whose answers are given by hand. */
function open() {
  const asked: { answer: () => void; fail: () => void }[] = [];
  const lost: unknown[] = [];
  let welcomes = 0;
  let comesBack = false;
  const attempt = createRedisAttempts({
    onLost: (error) => void lost.push(error),
    async welcome() {
      welcomes += 1;
      if (!comesBack) throw new Error('still away');
    },
  });
  return {
    lost,
    asked,
    ask: () =>
      attempt(
        () =>
          new Promise<string>((resolve, reject) => {
            asked.push({ answer: () => resolve('redis'), fail: () => reject(new Error('late')) });
          }),
        without,
      ),
    welcomes: () => welcomes,
    back: () => void (comesBack = true),
  };
}

test('after one has waited in vain nobody waits, and it is told once', async () => {
  const { ask, asked, lost, welcomes } = open();
  const [first, second] = [ask(), ask()];
  await settle();
  for (const { fail } of asked) fail();
  expect([await first, await second]).toEqual(['without', 'without']);
  for (let index = 0; index < 5; index += 1) expect(await ask()).toBe('without');
  expect(asked).toHaveLength(2);
  expect(lost).toHaveLength(1);
  expect(welcomes()).toBe(1);
});

test('Redis is asked again as long as someone wants something of it, and used when it is back', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { ask, asked, welcomes, back, lost } = open();
  const first = ask();
  await settle();
  asked[0]?.fail();
  await first;
  await ask();
  await settle();
  vi.advanceTimersByTime(999);
  await ask();
  expect(welcomes()).toBe(1);
  vi.advanceTimersByTime(1);
  back();
  expect(await ask()).toBe('without');
  await settle();
  expect(welcomes()).toBe(2);
  const next = ask();
  await settle();
  asked[1]?.answer();
  expect(await next).toBe('redis');
  expect(lost).toHaveLength(1);
});
