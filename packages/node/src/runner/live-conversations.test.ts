import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CliConversation } from './cli-conversation.ts';
import { createLiveConversations } from './live-conversations.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function conversation(): CliConversation & { readonly stop: ReturnType<typeof vi.fn> } {
  return { stop: vi.fn(async () => {}) } as unknown as ReturnType<typeof conversation>;
}

test('hands a conversation over once, and to its own digest only', () => {
  const live = createLiveConversations({ maxLive: 2, idleMs: 1000 });
  const one = conversation();
  live.put('a', one);
  expect(live.take('b')).toBeUndefined();
  expect(live.take('a')).toBe(one);
  expect(live.take('a')).toBeUndefined();
  expect(live.size).toBe(0);
  vi.advanceTimersByTime(5000);
  expect(one.stop).not.toHaveBeenCalled();
});

test('ends one that nobody has continued in time', () => {
  const live = createLiveConversations({ maxLive: 2, idleMs: 1000 });
  const one = conversation();
  live.put('a', one);
  vi.advanceTimersByTime(999);
  expect(one.stop).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(one.stop).toHaveBeenCalledTimes(1);
  expect(live.take('a')).toBeUndefined();
});

test('makes room by ending the one that waits longest', () => {
  const live = createLiveConversations({ maxLive: 2, idleMs: 1000 });
  const [one, two, three] = [conversation(), conversation(), conversation()];
  live.put('1', one);
  live.put('2', two);
  live.put('3', three);
  expect([one, two, three].map((each) => each.stop.mock.calls.length)).toEqual([1, 0, 0]);
  expect(live.size).toBe(2);
});

test('of two with the same history the newer waits', () => {
  const live = createLiveConversations({ maxLive: 2, idleMs: 1000 });
  const [one, two] = [conversation(), conversation()];
  live.put('a', one);
  live.put('a', two);
  expect(one.stop).toHaveBeenCalledTimes(1);
  expect(live.take('a')).toBe(two);
});

test('keeps none where none is to be kept', () => {
  const live = createLiveConversations({ maxLive: 0, idleMs: 1000 });
  const one = conversation();
  live.put('a', one);
  expect(one.stop).toHaveBeenCalledTimes(1);
  expect(live.take('a')).toBeUndefined();
});

test('leaves no timer when it is closed', () => {
  const live = createLiveConversations({ maxLive: 2, idleMs: 1000 });
  live.put('a', conversation());
  live.close();
  expect(vi.getTimerCount()).toBe(0);
  expect(live.size).toBe(0);
});
