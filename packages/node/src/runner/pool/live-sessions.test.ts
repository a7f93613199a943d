import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Session } from '../session/session.ts';
import { createLiveSessions, type LiveSessions, liveDefaults } from './live-sessions.ts';
import type { ProcessMemory } from '../process/process-memory.ts';
import type { EndedTurn } from './turn-history.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const memoryOf = (measure: (pid: number) => Promise<number>): ProcessMemory => ({ kind: 'pss', measure });
const bounds = { maxLive: 2, idleMs: 1000, maxMemoryBytes: 1000, memory: memoryOf(async (pid) => pid) };

/** One whose process holds so many bytes, for in these tests a process is named by that. */
function session(memoryBytes = 1): Session & { readonly stop: ReturnType<typeof vi.fn> } {
  return { pid: memoryBytes, stop: vi.fn(async () => {}) } as unknown as ReturnType<typeof session>;
}

/** A turn after which the history has this digest. */
function turn(digest: string, more: Partial<EndedTurn> = {}): EndedTurn {
  return { digest, tenant: 'one', question: digest, ...more };
}

function stops(...sessions: ReturnType<typeof session>[]): number[] {
  return sessions.map((each) => each.stop.mock.calls.length);
}

/** Until all that was measured is known. */
const measured = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

test('hands a conversation over once, and to its own digest only', () => {
  const live = createLiveSessions(bounds);
  const one = session();
  live.put(turn('a'), one);
  expect(live.take('b')).toBeUndefined();
  expect(live.take('a')).toBe(one);
  expect(live.take('a')).toBeUndefined();
  expect(live.state().count).toBe(0);
  vi.advanceTimersByTime(5000);
  expect(one.stop).not.toHaveBeenCalled();
});

test('ends one that nobody has continued in time', () => {
  const live = createLiveSessions(bounds);
  const one = session();
  live.put(turn('a'), one);
  vi.advanceTimersByTime(999);
  expect(one.stop).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(one.stop).toHaveBeenCalledTimes(1);
  expect(live.take('a')).toBeUndefined();
});

test('makes room by ending the one that waits longest', () => {
  const live = createLiveSessions(bounds);
  const [one, two, three] = [session(), session(), session()];
  live.put(turn('1'), one);
  live.put(turn('2'), two);
  live.put(turn('3'), three);
  expect(stops(one, two, three)).toEqual([1, 0, 0]);
  expect(live.state().count).toBe(2);
});

test('of two with the same history both wait, and the newer goes on first', () => {
  const live = createLiveSessions(bounds);
  const [one, two] = [session(), session()];
  live.put(turn('a'), one);
  live.put(turn('a'), two);
  expect(stops(one, two)).toEqual([0, 0]);
  expect([live.take('a'), live.take('a'), live.take('a')]).toEqual([two, one, undefined]);
});

test('keeps none where none is to be kept', () => {
  const live = createLiveSessions({ ...bounds, maxLive: 0 });
  const one = session();
  live.put(turn('a'), one);
  expect(one.stop).toHaveBeenCalledTimes(1);
  expect(live.take('a')).toBeUndefined();
});

test('leaves no timer when it is closed', () => {
  const live = createLiveSessions(bounds);
  live.put(turn('a'), session());
  live.close();
  expect(vi.getTimerCount()).toBe(0);
  expect(live.state().count).toBe(0);
});

test('makes room when they hold too much together, for which the one that waits longest goes first', async () => {
  const live = createLiveSessions({ ...bounds, maxLive: 10 });
  const [one, two, three, four] = [session(300), session(300), session(400), session(500)];
  live.put(turn('1'), one);
  live.put(turn('2'), two);
  live.put(turn('3'), three);
  await measured();
  expect(stops(one, two, three)).toEqual([0, 0, 0]);
  expect(live.state()).toEqual({ count: 3, memoryBytes: 1000, memoryKind: 'pss' });
  // Who was taken and comes back has waited the least.
  live.put(turn('1b'), live.take('1') ?? session());
  live.put(turn('4'), four);
  await measured();
  expect(stops(one, two, three, four)).toEqual([0, 1, 1, 0]);
  expect(live.state()).toEqual({ count: 2, memoryBytes: 800, memoryKind: 'pss' });
});

test('one that alone holds too much goes too, and all before it', async () => {
  const live = createLiveSessions(bounds);
  const [one, two] = [session(300), session(1001)];
  live.put(turn('1'), one);
  live.put(turn('2'), two);
  await measured();
  expect(stops(one, two)).toEqual([1, 1]);
  expect(live.state()).toEqual({ count: 0, memoryBytes: 0, memoryKind: 'pss' });
  expect(vi.getTimerCount()).toBe(0);
});

test('one that comes back within a minute is not measured again', async () => {
  const measure = vi.fn(async () => 10);
  const live = createLiveSessions({ ...bounds, idleMs: 100_000, memory: memoryOf(measure) });
  live.put(turn('1'), session(1));
  await measured();
  for (const [digest, seconds] of [
    ['1', 59],
    ['2', 2],
  ] as const) {
    await vi.advanceTimersByTimeAsync(seconds * 1000);
    const taken = live.take(digest);
    expect(live.state().memoryBytes).toBe(0);
    live.put(turn(String(Number(digest) + 1)), taken ?? session());
    expect(live.state().memoryBytes).toBe(10);
  }
  await measured();
  expect(measure).toHaveBeenCalledTimes(2);
  live.close();
});

test('each is measured once, when it begins to wait', async () => {
  const measure = vi.fn(async () => 10);
  const live = createLiveSessions({ ...bounds, maxLive: 3, memory: memoryOf(measure) });
  for (const bytes of [1, 2, 3]) live.put(turn(`${bytes}`), session(bytes));
  await measured();
  expect(measure.mock.calls).toEqual([[1], [2], [3]]);
});

test('what is known too late of one that was taken changes nothing', async () => {
  const measure = async (pid: number): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, pid));
    return pid;
  };
  const live = createLiveSessions({ ...bounds, idleMs: 10_000, maxMemoryBytes: 500, memory: memoryOf(measure) });
  const [one, two] = [session(400), session(600)];
  live.put(turn('1'), one);
  live.put(turn('2'), two);
  expect(live.take('2')).toBe(two);
  await vi.advanceTimersByTimeAsync(700);
  expect(stops(one, two)).toEqual([0, 0]);
  expect(live.state()).toEqual({ count: 1, memoryBytes: 400, memoryKind: 'pss' });
});

test('a conversation that has gone on before outlives those that have not, also one whose process was gone', () => {
  const live = createLiveSessions(bounds);
  const [one, again, two, three, four] = [session(), session(), session(), session(), session()];
  live.put(turn('1'), one);
  live.put(turn('2'), two);
  live.put(turn('3'), three);
  expect(stops(one, two, three)).toEqual([1, 0, 0]);
  live.put(turn('1b', { before: '1' }), again);
  expect(stops(again, two, three)).toEqual([0, 1, 0]);
  live.put(turn('4'), four);
  live.put(turn('5'), session());
  expect(stops(again, three, four)).toEqual([0, 1, 1]);
  expect(live.take('1b')).toBe(again);
});

test('one with a history that nobody here has told is as new as any', () => {
  const live = createLiveSessions(bounds);
  const [examples, two, three] = [session(), session(), session()];
  live.put(turn('1', { before: 'of another server' }), examples);
  live.put(turn('2'), two);
  live.put(turn('3'), three);
  expect(stops(examples, two, three)).toEqual([1, 0, 0]);
});

test('those that have gone on leave room for a new one', () => {
  const live = createLiveSessions({ ...bounds, maxLive: 5, maxMemoryBytes: 1e9 });
  const proven = ['1', '2', '3', '4', '5'].map((name) => {
    live.put(turn(name), session());
    const later = live.take(name) as ReturnType<typeof session>;
    live.put(turn(`${name}b`, { before: name }), later);
    return later;
  });
  expect(stops(...proven)).toEqual([0, 0, 0, 0, 0]);
  const [one, other] = [session(), session()];
  live.put(turn('new'), one);
  expect(stops(...proven, one)).toEqual([1, 0, 0, 0, 0, 0]);
  live.put(turn('newer'), other);
  expect(stops(...proven, one, other)).toEqual([1, 0, 0, 0, 0, 1, 0]);
});

test('of those that have gone on the one that waits longest goes first', () => {
  const live = createLiveSessions(bounds);
  const all = ['1', '2', '3'].map((name) => {
    live.put(turn(name), session());
    const later = session();
    live.put(turn(`${name}b`, { before: name }), live.take(name) === undefined ? session() : later);
    return later;
  });
  expect(stops(...all)).toEqual([1, 0, 0]);
});

/** Three chats, one after another, with three requests aside after each answer; then each goes on twice, with as many aside. */
function playSideRequests(live: LiveSessions, aside: (chat: string, step: number, kind: string) => string): number {
  let found = 0;
  for (let step = 0; step < 3; step += 1) {
    for (const chat of ['A', 'B', 'C']) {
      const before = step === 0 ? undefined : `${chat}${step - 1}`;
      const process = before === undefined ? undefined : live.take(before);
      if (process !== undefined) found += 1;
      live.put(turn(`${chat}${step}`, { before, question: `What about ${chat}, the ${step}. time?` }), process ?? session());
      for (const kind of ['title', 'tags', 'follow-up questions']) {
        const question = aside(chat, step, kind);
        live.put(turn(question, { question }), session());
      }
    }
  }
  return found;
}

test.each<[string, (chat: string, step: number, kind: string) => string]>([
  ['Open WebUI', (chat, step, kind) => `### Task:\nGenerate ${kind} for the chat.\n### Chat History:\nUSER: What about ${chat}? ${step}`],
  ['a short pattern', (chat, step, kind) => `${kind} for: What about ${chat}, the ${step}. time?`],
])('three chats with three requests aside a turn, as of %s, find their processes in all follow-ups', (_, aside) => {
  expect(playSideRequests(createLiveSessions({ ...bounds, maxLive: 10, maxMemoryBytes: 1e9 }), aside)).toBe(6);
});

test('what another tenant asks in the same words is no pattern', () => {
  const live = createLiveSessions(bounds);
  const [one, two, three] = [session(), session(), session()];
  live.put(turn('1', { question: 'Some question' }), one);
  live.put(turn('2', { question: 'Explain the plan' }), two);
  live.put(turn('3', { question: 'Explain the plot', tenant: 'other' }), three);
  expect(stops(one, two, three)).toEqual([1, 0, 0]);
});

test('under a subscription processes wait for as long as the CLI has the prompt cached', () => {
  expect(liveDefaults('subscription')).toEqual({ count: 20, idleSeconds: 3600 });
  for (const login of ['key', 'cloud'] as const) expect(liveDefaults(login)).toEqual({ count: 10, idleSeconds: 300 });
});
