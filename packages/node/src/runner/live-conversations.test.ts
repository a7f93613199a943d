import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CliConversation } from './cli-conversation.ts';
import { createLiveConversations } from './live-conversations.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const bounds = { maxLive: 2, idleMs: 1000, maxMemoryBytes: 1000, measure: async (pid: number) => pid };

/** One whose process holds so many bytes, for in these tests a process is named by that. */
function conversation(memoryBytes = 1): CliConversation & { readonly stop: ReturnType<typeof vi.fn> } {
  return { pid: memoryBytes, stop: vi.fn(async () => {}) } as unknown as ReturnType<typeof conversation>;
}

function stops(...conversations: ReturnType<typeof conversation>[]): number[] {
  return conversations.map((each) => each.stop.mock.calls.length);
}

/** Until all that was measured is known. */
const measured = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

test('hands a conversation over once, and to its own digest only', () => {
  const live = createLiveConversations(bounds);
  const one = conversation();
  live.put('a', one);
  expect(live.take('b')).toBeUndefined();
  expect(live.take('a')).toBe(one);
  expect(live.take('a')).toBeUndefined();
  expect(live.state().count).toBe(0);
  vi.advanceTimersByTime(5000);
  expect(one.stop).not.toHaveBeenCalled();
});

test('ends one that nobody has continued in time', () => {
  const live = createLiveConversations(bounds);
  const one = conversation();
  live.put('a', one);
  vi.advanceTimersByTime(999);
  expect(one.stop).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(one.stop).toHaveBeenCalledTimes(1);
  expect(live.take('a')).toBeUndefined();
});

test('makes room by ending the one that waits longest', () => {
  const live = createLiveConversations(bounds);
  const [one, two, three] = [conversation(), conversation(), conversation()];
  live.put('1', one);
  live.put('2', two);
  live.put('3', three);
  expect(stops(one, two, three)).toEqual([1, 0, 0]);
  expect(live.state().count).toBe(2);
});

test('of two with the same history both wait, and the newer goes on first', () => {
  const live = createLiveConversations(bounds);
  const [one, two] = [conversation(), conversation()];
  live.put('a', one);
  live.put('a', two);
  expect(stops(one, two)).toEqual([0, 0]);
  expect([live.take('a'), live.take('a'), live.take('a')]).toEqual([two, one, undefined]);
});

test('keeps none where none is to be kept', () => {
  const live = createLiveConversations({ ...bounds, maxLive: 0 });
  const one = conversation();
  live.put('a', one);
  expect(one.stop).toHaveBeenCalledTimes(1);
  expect(live.take('a')).toBeUndefined();
});

test('leaves no timer when it is closed', () => {
  const live = createLiveConversations(bounds);
  live.put('a', conversation());
  live.close();
  expect(vi.getTimerCount()).toBe(0);
  expect(live.state().count).toBe(0);
});

test('makes room when they hold too much together, for which the one that waits longest goes first', async () => {
  const live = createLiveConversations({ ...bounds, maxLive: 10 });
  const [one, two, three, four] = [conversation(300), conversation(300), conversation(400), conversation(500)];
  live.put('1', one);
  live.put('2', two);
  live.put('3', three);
  await measured();
  expect(stops(one, two, three)).toEqual([0, 0, 0]);
  expect(live.state()).toEqual({ count: 3, memoryBytes: 1000 });
  // Who was taken and comes back has waited the least.
  live.put('1b', live.take('1') ?? conversation());
  live.put('4', four);
  await measured();
  expect(stops(one, two, three, four)).toEqual([0, 1, 1, 0]);
  expect(live.state()).toEqual({ count: 2, memoryBytes: 800 });
});

test('one that alone holds too much goes too, and all before it', async () => {
  const live = createLiveConversations(bounds);
  const [one, two] = [conversation(300), conversation(1001)];
  live.put('1', one);
  live.put('2', two);
  await measured();
  expect(stops(one, two)).toEqual([1, 1]);
  expect(live.state()).toEqual({ count: 0, memoryBytes: 0 });
  expect(vi.getTimerCount()).toBe(0);
});

test('each is measured once, when it begins to wait', async () => {
  const measure = vi.fn(async () => 10);
  const live = createLiveConversations({ ...bounds, maxLive: 3, measure });
  for (const bytes of [1, 2, 3]) live.put(`${bytes}`, conversation(bytes));
  await measured();
  expect(measure.mock.calls).toEqual([[1], [2], [3]]);
});

test('what is known too late of one that was taken changes nothing', async () => {
  const measure = async (pid: number): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, pid));
    return pid;
  };
  const live = createLiveConversations({ ...bounds, idleMs: 10_000, maxMemoryBytes: 500, measure });
  const [one, two] = [conversation(400), conversation(600)];
  live.put('1', one);
  live.put('2', two);
  expect(live.take('2')).toBe(two);
  await vi.advanceTimersByTimeAsync(700);
  expect(stops(one, two)).toEqual([0, 0]);
  expect(live.state()).toEqual({ count: 1, memoryBytes: 400 });
});
