import { expect, test } from 'vitest';
import type { Reading } from './reading.ts';
import { createStatsHistory } from './stats-history.ts';

function createHistory() {
  const state = { timeMs: 0, changes: 0, total: 0, reads: 0 };
  const reading = (): Reading =>
    new Map([['requests', [{ labels: { route: '/a', method: 'GET', status: '200', outcome: 'ok', key: '' }, value: state.total }]]]);
  const history = createStatsHistory({
    clock: { elapsedMs: () => state.timeMs, toUnixSeconds: (elapsedMs) => 1000 + elapsedMs / 1000 },
    read: async () => {
      state.reads += 1;
      return reading();
    },
    readState: async () => ({ turns: { running: 0, queued: 0 }, runner: undefined }),
    changes: () => state.changes,
  });
  const pass = async (seconds: number, requests = 0): Promise<void> => {
    state.timeMs += seconds * 1000;
    if (requests > 0) state.changes += 1;
    state.total += requests;
    await history.step();
  };
  return { state, reading, history, pass };
}

test('nothing is read while nothing happens', async () => {
  const { state, history, pass } = createHistory();
  await pass(10, 3);
  for (let step = 0; step < 20; step += 1) await pass(10);
  await pass(10, 2);
  expect(state.reads).toBe(2);
  const points = history.timeline();
  expect([points[0]!.requests, points[1]!.requests, points[21]!.requests]).toEqual([3, 0, 2]);
});

test('it holds 15 minutes, and no more', async () => {
  const { history, reading, pass } = createHistory();
  for (let step = 1; step <= 200; step += 1) await pass(10, step);
  const points = history.timeline();
  expect(points).toHaveLength(90);
  expect([points[0]!.time, points[0]!.requests]).toEqual([1000 + 1110, 111]);
  expect([points[89]!.time, points[89]!.requests]).toEqual([1000 + 2000, 200]);
  expect(history.lastMinutes(15, reading()).requests.total).toBe(points.reduce((sum, { requests }) => sum + requests, 0));
});

test('a step that comes late is as long as it was', async () => {
  const { history, reading, pass } = createHistory();
  await pass(10, 1);
  await pass(47, 2);
  await pass(10, 4);
  expect(history.timeline().map(({ time, requests }) => [time, requests])).toEqual([
    [1010, 1],
    [1057, 2],
    [1067, 4],
  ]);
  expect(history.lastMinutes(1, reading()).requests.total).toBe(6);
});
