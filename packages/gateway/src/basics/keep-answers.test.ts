import { afterEach, expect, test, vi } from 'vitest';
import { keepAnswers } from './keep-answers.ts';

afterEach(() => void vi.useRealTimers());

/** Answers are given by hand. */
function open(freshMs = 30_000) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const asked: { answer: (text: string) => void; fail: () => void }[] = [];
  const get = keepAnswers(
    () =>
      new Promise<string>((resolve, reject) => {
        asked.push({ answer: resolve, fail: () => reject(new Error('away')) });
      }),
    freshMs,
  );
  return { get, asked };
}

test('who comes meanwhile waits for the same, and for no other', async () => {
  const { get, asked } = open();
  const all = [get('a'), get('a'), get('b')];
  expect(asked).toHaveLength(2);
  asked[0]?.answer('one');
  asked[1]?.answer('two');
  expect(await Promise.all(all)).toEqual(['one', 'one', 'two']);
  expect(await get('a')).toBe('one');
  expect(asked).toHaveLength(2);
  expect(vi.getTimerCount()).toBe(0);
});

test('what is old is given once more while it is asked for anew, and stays where that fails', async () => {
  const { get, asked } = open(1000);
  const first = get('a');
  asked[0]?.answer('old');
  await first;
  vi.advanceTimersByTime(1001);
  expect(await get('a')).toBe('old');
  asked[1]?.fail();
  await vi.advanceTimersByTimeAsync(1001);
  expect(await get('a')).toBe('old');
  asked[2]?.answer('new');
  await vi.advanceTimersByTimeAsync(0);
  expect(await get('a')).toBe('new');
});

test('what fails at first is told to all who wait, and asked for again', async () => {
  const { get, asked } = open();
  const both = Promise.allSettled([get('a'), get('a')]);
  asked[0]?.fail();
  expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const next = get('a');
  asked[1]?.answer('one');
  expect(await next).toBe('one');
});

test('what never comes, since it ended with the request that asked for it, keeps others for five seconds only', async () => {
  const { get, asked } = open();
  void get('a');
  const waiting = Promise.all([get('a'), get('a')]);
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked).toHaveLength(2);
  asked[1]?.answer('one');
  expect(await waiting).toEqual(['one', 'one']);
  expect(await get('a')).toBe('one');
});
