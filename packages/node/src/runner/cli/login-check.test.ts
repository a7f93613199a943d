import { afterEach, expect, test, vi } from 'vitest';
import { createLoginCheck, type LoginStatus } from './login-check.ts';

afterEach(() => void vi.useRealTimers());

const loggedIn: LoginStatus = { loggedIn: true, method: 'api_key' };
const loggedOut: LoginStatus = { loggedIn: false, method: 'none' };

/** A CLI that tells when it is made to. */
async function open() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const tell: ((status: LoginStatus | undefined) => void)[] = [];
  const check = createLoginCheck(
    () => 'claude',
    {},
    () => new Promise((resolve) => void tell.push(resolve)),
  );
  const first = check.get();
  tell[0]?.(loggedIn);
  expect(await first).toEqual(loggedIn);
  return { check, tell };
}

test('it is asked anew after half a minute, and told where that does not take long', async () => {
  const { check, tell } = await open();
  vi.advanceTimersByTime(30_000);
  expect(await check.get()).toEqual(loggedIn);
  expect(tell).toHaveLength(1);
  vi.advanceTimersByTime(1);
  const later = check.get();
  tell[1]?.(loggedOut);
  expect(await later).toEqual(loggedOut);
  expect(vi.getTimerCount()).toBe(0);
});

test('while a busy machine takes long to tell, what it told before stands: it is not unwell for that', async () => {
  const { check, tell } = await open();
  vi.advanceTimersByTime(30_001);
  const later = check.get();
  await vi.advanceTimersByTimeAsync(1000);
  expect(await later).toEqual(loggedIn);
  expect(await check.get()).toEqual(loggedIn);
  tell[1]?.(loggedOut);
  await vi.advanceTimersByTimeAsync(0);
  expect(await check.get()).toEqual(loggedOut);
  expect(tell).toHaveLength(2);
});

test('after a turn was refused nothing of before stands', async () => {
  const { check, tell } = await open();
  check.refuse();
  const later = check.get();
  await vi.advanceTimersByTimeAsync(10_000);
  tell[1]?.(loggedOut);
  expect(await later).toEqual(loggedOut);
});
