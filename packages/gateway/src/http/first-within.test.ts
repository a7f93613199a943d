import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { firstWithin } from './stream-response.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

async function* after(delayMs: number, ...values: string[]): AsyncGenerator<string> {
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  yield* values;
}

async function rest(iterator: AsyncIterator<string>): Promise<string[]> {
  const values: string[] = [];
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) values.push(next.value);
  return values;
}

function failing(delayMs: number): AsyncIterator<string> {
  return { next: () => new Promise((_, reject) => void setTimeout(() => reject(new Error('broken')), delayMs)) };
}

function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

test('resolves with the first value, and gives all of them once', async () => {
  const opening = firstWithin(after(10, 'a', 'b'), 1000);
  await vi.advanceTimersByTimeAsync(10);
  expect(await rest(await opening)).toEqual(['a', 'b']);
});

test('does not wait longer than it may, and loses nothing', async () => {
  const opening = firstWithin(after(5000, 'a', 'b'), 1000);
  await vi.advanceTimersByTimeAsync(1000);
  const values = rest(await opening);
  await vi.advanceTimersByTimeAsync(4000);
  expect(await values).toEqual(['a', 'b']);
});

test('throws what the first step throws in time', async () => {
  const opening = failureOf(firstWithin(failing(10), 1000));
  await vi.advanceTimersByTimeAsync(10);
  expect(await opening).toMatchObject({ message: 'broken' });
});

test('what the first step throws later is thrown by the iterator', async () => {
  const opening = firstWithin(failing(2000), 1000);
  await vi.advanceTimersByTimeAsync(1000);
  const values = failureOf(rest(await opening));
  await vi.advanceTimersByTimeAsync(1000);
  expect(await values).toMatchObject({ message: 'broken' });
});

test('without a limit it waits as long as it takes', async () => {
  const opened = vi.fn();
  const opening = firstWithin(after(100_000, 'a'), undefined).then((iterator) => {
    opened();
    return iterator;
  });
  await vi.advanceTimersByTimeAsync(99_999);
  expect(opened).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(10);
  expect(await rest(await opening)).toEqual(['a']);
});

test('an end without a value is an end', async () => {
  const opening = firstWithin(after(10), 1000);
  await vi.advanceTimersByTimeAsync(10);
  expect(await rest(await opening)).toEqual([]);
});
