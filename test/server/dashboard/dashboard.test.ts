import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runAxe } from '../../support/run-axe.ts';
import { startBrowser } from '../../support/servers/start-browser.ts';
import { contrastOf } from './contrast-of.ts';
import { emptyWindow, endOfTimeline, makeEmptyStats, makeQuietPoint, makeStats, makeWindow } from './make-stats.ts';
import { openDashboard, type OpenDashboard, type OpenDashboardOptions } from './open-dashboard.ts';
import { cursorOf, drawnTexts, inkOf } from './read-plot.ts';
import { readTexts } from './read-texts.ts';
import { startStandIn, type StandIn } from './start-stand-in.ts';

/** A machine may be busy. */

let browser: Browser;
let standIn: StandIn;
let open: OpenDashboard[];

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  open = [];
  standIn = await startStandIn();
});
afterEach(async () => {
  await Promise.all(open.map(({ context }) => context.close()));
  await standIn.stop();
});

async function show(options?: OpenDashboardOptions): Promise<OpenDashboard> {
  const dashboard = await openDashboard(browser, standIn, options);
  open.push(dashboard);
  return dashboard;
}

async function showStats(stats = makeStats(), options?: OpenDashboardOptions): Promise<OpenDashboard> {
  standIn.serve(stats);
  const dashboard = await show(options);
  await expectState(dashboard, 'Live');
  return dashboard;
}

const expectState = (dashboard: OpenDashboard, state: string): Promise<void> =>
  dashboard.page.locator('#state-text', { hasText: new RegExp(`^${state}$`) }).waitFor();

const legendOf = ({ page }: OpenDashboard, plot: string): Promise<string[]> => page.locator(`[data-plot="${plot}"] dd`).allInnerTexts();

/** How many values each line of a plot has, by the line's name, as its table has them. */
async function pointsOf({ page }: OpenDashboard, plot: string): Promise<Record<string, number>> {
  const values = page.locator(`[data-plot="${plot}"] .values`);
  await values.locator('summary').click();
  await values.locator('tbody tr').first().waitFor();
  const names = await values.locator('thead th').allInnerTexts();
  const rows = await values
    .locator('tbody tr')
    .evaluateAll((all: { innerText: string }[]) => all.map(({ innerText }) => innerText.split('\t')));
  return Object.fromEntries(names.slice(1).map((name, index) => [name, rows.filter((row) => row[index + 1] !== '–').length]));
}

describe('numbers', () => {
  test('are those that the server tells', async () => {
    const dashboard = await showStats();
    expect(await dashboard.fields()).toMatchObject({
      running: '4 running',
      queued: '2 waiting in the queue',
      processes: '13',
      'process-kinds': '2 idle · 1 starting · 6 live',
      memory: '129 MB',
      'memory-parts': 'live processes hold 1.27 GB more (PSS)',
      'cli-version': '2.1.330',
      circuit: 'processes start as usual',
      uptime: 'running for 3 d 4 h, since 11 Mar, 05:21',
      requests: '18,412',
      left: '96 left by their callers',
      failed: '227',
      'failed-share': '1.23 % of all',
      'first-token': '712 ms',
      'first-token-high': '90 % within 1.58 s · 99 % 4.22 s',
      duration: '3.51 s',
      'queue-high': '90 % within 48 ms · 99 % 2.22 s',
      tokens: '31.9M',
      cost: '$214.37',
      'cost-each': '$0.012 a request',
      cache: '35.9 %',
      'cache-kinds': '1,265 of 3,525 requests that took part',
    });

    expect((await dashboard.rows('models'))[0]).toEqual([
      ...['sonnet', '11,240', '2,815,876', '13,677,113', '1,407,938', '2,212,474', '804,536'],
    ]);
    expect((await dashboard.rows('keys')).map((row) => row.slice(0, 3))).toEqual([
      ['web-app', '9,377', '$101.22'],
      ['night-jobs', '6,120', '$84.10'],
      ['alice', '2,240', '$24.03'],
      ['without a key', '675', '$5.02'],
    ]);
    expect((await dashboard.rows('routes'))[0]?.slice(0, 2)).toEqual(['POST /v1/chat/completions', '16,904']);
    expect((await dashboard.rows('statuses')).map((row) => row.slice(0, 2))).toEqual([
      ['200 OK', '18,089'],
      ['429 Too many requests', '141'],
      ['499 Left by its caller', '96'],
      ['400 Bad request', '66'],
      ['502 Error of Claude Code', '20'],
    ]);
    expect((await dashboard.rows('cache')).map((row) => row[1])).toEqual(['1,204', '61', '2,260', '14,887']);
    expect(await dashboard.rows('cli')).toEqual([
      ['processes started', '912'],
      ['processes failed', '3'],
      ['turns tried again', '18'],
      ['uses of tools denied', '44'],
    ]);
    expect(await dashboard.rows('mcp')).toContainEqual(['github', 'research', 'connected']);

    expect(dashboard.complaints).toEqual([]);
    expect(new Set(dashboard.addresses)).toEqual(new Set([standIn.pageUrl, `${standIn.origin}/claude/stats`]));
    expect(standIn.strays).toEqual([]);
  });

  test('are those of the time that is chosen, tables too, and stay so when the page is loaded again', async () => {
    const dashboard = await showStats();
    const choose = (name: string): Promise<void> => dashboard.page.getByRole('radio', { name, exact: true }).check();
    await choose('15 min');
    expect(await dashboard.fields()).toMatchObject({ requests: '1,841' });
    expect((await dashboard.rows('models'))[0]?.[1]).toBe('1,124');
    await choose('5 min');
    expect(await dashboard.fields()).toMatchObject({ requests: '552' });
    await choose('1 min');
    expect(await dashboard.fields()).toMatchObject({ requests: '110' });
    expect(await dashboard.fields()).toMatchObject({ window: 'of the last minute' });
    await dashboard.page.reload();
    await expectState(dashboard, 'Live');
    expect(await dashboard.fields()).toMatchObject({ requests: '110' });
    await choose('Since start');
    expect(await dashboard.fields()).toMatchObject({ requests: '18,412' });
    expect(dashboard.complaints).toEqual([]);
  });

  test('say that the server has not run for all of that time', async () => {
    const dashboard = await showStats(makeStats({ uptime_seconds: 130 }));
    await dashboard.page.getByRole('radio', { name: '5 min', exact: true }).check();
    expect(await dashboard.fields()).toMatchObject({ window: 'of the last 5 minutes; it runs for 2 min 10 s' });
  });

  test('show many keys only when asked to', async () => {
    const window = makeWindow(1);
    const byKey = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`key-${index}`, 100 - index]));
    const dashboard = await showStats(makeStats({ since_start: { ...window, requests: { ...window.requests, by_key: byKey } } }));
    const keys = dashboard.page.locator('[data-table="keys"]');
    expect(await keys.locator('tbody tr').count()).toBe(8);
    await keys.getByRole('button', { name: 'Show all 34' }).click();
    expect(await keys.locator('tbody tr').count()).toBe(34);
  });
});

describe('reading', () => {
  test('says that it waits for the first answer', async () => {
    const dashboard = await show();
    await expectState(dashboard, 'Loading');
    expect(await dashboard.page.locator('#content').isVisible()).toBe(false);
  });

  test('happens every five seconds, but not while the page is hidden or paused', async () => {
    const dashboard = await showStats(makeStats(), { isClockHeld: true });
    const { page } = dashboard;
    standIn.serve(makeStats({ since_start: makeWindow(2) }));
    await page.clock.runFor(4_900);
    expect(standIn.asked).toHaveLength(1);
    await page.clock.runFor(200);
    await page.getByText('36,824', { exact: true }).waitFor();
    expect(standIn.asked).toHaveLength(2);

    await setHidden(dashboard, true);
    await page.clock.runFor(60_000);
    expect(standIn.asked).toHaveLength(2);
    standIn.serve(makeStats({ since_start: makeWindow(3) }));
    await setHidden(dashboard, false);
    await page.clock.runFor(10);
    await page.getByText('55,236', { exact: true }).waitFor();
    expect(standIn.asked).toHaveLength(3);

    await page.getByRole('button', { name: 'Pause' }).click();
    await expectState(dashboard, 'Paused');
    await page.clock.runFor(60_000);
    expect(standIn.asked).toHaveLength(3);
    await page.getByRole('button', { name: 'Go on' }).click();
    await expectState(dashboard, 'Live');
    await expect.poll(() => standIn.asked.length).toBe(4);
    expect(dashboard.complaints).toEqual([]);
  });

  test('keeps the last numbers when the server is gone, says since when, and goes on when it is back', async () => {
    const dashboard = await showStats(makeStats(), { isClockHeld: true });
    const { page } = dashboard;
    await standIn.stop();
    await page.clock.runFor(5_000);
    await expectState(dashboard, 'No answer');
    expect(await page.getByRole('alert').first().innerText()).toBe(
      'The server can’t be reached since 09:27:05. The numbers below are those of 09:27:00. It is asked again every 5 seconds.',
    );
    expect(await dashboard.fields()).toMatchObject({ requests: '18,412' });
    await page.clock.runFor(5_000);
    expect(await page.locator('#trouble').innerText()).toContain('since 09:27:05');

    await standIn.start();
    standIn.serve(makeStats({ since_start: makeWindow(2) }));
    // The five seconds begin when it has noticed that there was no answer.
    const goOn = async (): Promise<string> => {
      await page.clock.runFor(5_000);
      return page.locator('#state-text').innerText();
    };
    await expect.poll(goOn).toBe('Live');
    await page.getByText('36,824', { exact: true }).waitFor();
    expect(await page.locator('#trouble').isVisible()).toBe(false);
  });

  test.each([
    [
      'an error',
      { status: 503, body: { error: { message: 'Come back later.' } } },
      'The server answers with status 503',
      'Come back later.',
    ],
    ['something else', { status: 200, body: { object: 'list' } }, 'something else than statistics', ''],
  ])('takes %s for no numbers', async (_, answer, said, detail) => {
    standIn.answer(() => answer);
    const dashboard = await show();
    await expectState(dashboard, 'No answer');
    const text = await dashboard.page.locator('#trouble').innerText();
    expect(text).toContain(said);
    expect(text).toContain(detail);
    expect(await dashboard.page.locator('#content').isVisible()).toBe(false);
  });
});

async function setHidden({ page }: OpenDashboard, isHidden: boolean): Promise<void> {
  await page.evaluate(
    (state) => {
      const { document, Event } = globalThis as unknown as { document: EventTarget; Event: typeof globalThis.Event };
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    },
    isHidden ? 'hidden' : 'visible',
  );
}

describe('keys', () => {
  const protect = (): void =>
    standIn.answer((authorization) => {
      if (authorization === 'Bearer good-key') return { status: 200, body: makeStats() };
      if (authorization === 'Bearer small-key') return { status: 403, body: { error: { message: 'Not for this key.' } } };
      return { status: 401, body: { error: { message: '<b>A key</b> is needed.' } } };
    });

  async function enter({ page }: OpenDashboard, key: string): Promise<void> {
    await page.getByLabel('Key', { exact: true }).fill(key);
    await page.keyboard.press('Enter');
  }

  test('are asked for, sent as a bearer, kept in the tab only, and can be forgotten', async () => {
    protect();
    const dashboard = await show();
    const { page, context } = dashboard;
    await expectState(dashboard, 'Key needed');
    await page.getByRole('heading', { name: 'A key, please' }).waitFor();
    expect(await page.locator('#gate-detail').innerText()).toBe('The server says: <b>A key</b> is needed.');

    await enter(dashboard, 'clé');
    await page.getByText('A key has only letters, digits and signs, without spaces.').waitFor();
    expect(standIn.asked).toEqual([null]);
    await enter(dashboard, 'bad-key');
    await page.getByRole('heading', { name: 'This key is not known' }).waitFor();
    await enter(dashboard, ' good-key ');
    await expectState(dashboard, 'Live');
    expect(await dashboard.fields()).toMatchObject({ requests: '18,412' });
    expect(await page.getByLabel('Key', { exact: true }).isVisible()).toBe(false);
    expect(standIn.asked).toEqual([null, 'Bearer bad-key', 'Bearer good-key']);

    await page.reload();
    await expectState(dashboard, 'Live');
    expect(standIn.asked.at(-1)).toBe('Bearer good-key');
    const { cookies, origins } = await context.storageState();
    expect([cookies, origins]).toEqual([[], []]);
    expect(page.url()).toBe(standIn.pageUrl);
    const other = await context.newPage();
    await other.goto(standIn.pageUrl);
    await other.getByRole('heading', { name: 'A key, please' }).waitFor();

    await page.getByRole('button', { name: 'Forget key' }).click();
    await expectState(dashboard, 'Key needed');
    expect(standIn.asked.at(-1)).toBeNull();
    expect(await page.locator('body').innerText()).not.toContain('18,412');
    expect(await page.evaluate(() => JSON.stringify((globalThis as unknown as { sessionStorage: object }).sessionStorage))).not.toContain(
      'good-key',
    );
    expect(dashboard.complaints.filter((complaint) => !complaint.includes('401'))).toEqual([]);
  });

  test('that may not read the statistics are told so, and another one can be tried', async () => {
    protect();
    const dashboard = await show();
    await expectState(dashboard, 'Key needed');
    await enter(dashboard, 'small-key');
    await expectState(dashboard, 'Not allowed');
    await dashboard.page.getByRole('heading', { name: 'This key may not read the statistics' }).waitFor();
    expect(await dashboard.page.locator('#gate-detail').innerText()).toBe('The server says: Not for this key.');
    await enter(dashboard, 'good-key');
    await expectState(dashboard, 'Live');
  });

  test('that no longer count take the numbers with them, and what is typed stays when the tab is left and come back to', async () => {
    const dashboard = await showStats(makeStats(), { isClockHeld: true });
    protect();
    await dashboard.page.clock.runFor(5_000);
    await expectState(dashboard, 'Key needed');
    expect(await dashboard.page.locator('#content').isVisible()).toBe(false);
    expect(await dashboard.page.locator('#content').textContent()).not.toMatch(/18,412|alice|sonnet/);
    await dashboard.page.getByLabel('Key', { exact: true }).fill('half a k');
    await setHidden(dashboard, true);
    await setHidden(dashboard, false);
    await dashboard.page.clock.runFor(20_000);
    expect(await dashboard.page.getByLabel('Key', { exact: true }).inputValue()).toBe('half a k');
    expect(standIn.asked).toHaveLength(2);
  });
});

describe('plots', () => {
  test('have as many points as there are values, and a name that says what they show', async () => {
    const dashboard = await showStats();
    expect(await pointsOf(dashboard, 'requests')).toEqual({ all: 90, failed: 90 });
    expect(await pointsOf(dashboard, 'first-token')).toEqual({ p50: 86, p90: 86 });
    expect(await pointsOf(dashboard, 'duration')).toEqual({ p50: 86, p90: 86 });
    expect(await pointsOf(dashboard, 'turns')).toEqual({ running: 90, queued: 90 });
    expect(await pointsOf(dashboard, 'tokens')).toEqual({ in: 90, out: 90 });
    expect(await pointsOf(dashboard, 'cost')).toEqual({ 'US dollars': 90 });
    expect(await pointsOf(dashboard, 'processes')).toEqual({ all: 90 });
    expect(await pointsOf(dashboard, 'memory')).toEqual({ held: 90 });
    // The line is broken where nothing is known: in steps 30 to 32.
    const ink = (step: number): Promise<number | undefined> => inkOf(dashboard.page, 'duration', (step + 1.2) / 90);
    expect([await ink(28), await ink(31), await ink(33)]).toEqual([expect.any(Number), undefined, expect.any(Number)]);

    const names = await dashboard.page.locator('.canvas').evaluateAll((all) => all.map((plot) => String(plot.getAttribute('aria-label'))));
    expect(names).toHaveLength(8);
    for (const name of names) expect(name).toMatch(/^[A-Z][\w ,]+, the last 15 minutes: .+ now .+, at most .+$/);
  });

  test('show the values where they belong', async () => {
    const steps = [40, 0, 20].flatMap((requests) => Array.from({ length: 30 }, () => requests));
    const timeline = steps.map((requests, index) => ({ ...makeQuietPoint(endOfTimeline - (89 - index) * 10), requests }));
    const { page } = await showStats(makeStats({ timeline }));
    const texts = await drawnTexts(page, 'requests');
    expect(texts.map(({ text }) => text).toSorted()).toEqual(['0', '09:15', '09:20', '09:25', '10', '20', '30', '40']);
    const [high, low, middle] = await Promise.all([1, 3, 5].map((sixth) => inkOf(page, 'requests', sixth / 6)));
    expect(Math.abs((high! + low!) / 2 - middle!)).toBeLessThanOrEqual(1);
    expect(low! - high!).toBeGreaterThan(80);
  });

  test('tell the values at the time that is pointed at, all of them', async () => {
    const stats = makeStats();
    const dashboard = await showStats(stats);
    const { page } = dashboard;
    const last = stats.timeline.at(-1)!;
    expect(await legendOf(dashboard, 'requests')).toEqual([String(last.requests), String(last.failed)]);
    const plot = page.locator('[data-plot="requests"] .canvas');
    const box = (await plot.boundingBox())!;
    await plot.hover({ position: { x: box.width - 3, y: 40 } });
    expect(await page.locator('[data-plot="requests"] figcaption span').innerText()).toBe('at 09:26:50');
    // The left edge, where the first point is.
    await plot.hover({ position: { x: 1, y: 40 } });
    const first = stats.timeline[0]!;
    expect(await legendOf(dashboard, 'requests')).toEqual([String(first.requests), String(first.failed)]);
    expect(await legendOf(dashboard, 'turns')).toEqual([String(first.running), String(first.queued)]);
    expect(await page.locator('[data-plot="memory"] figcaption span').innerText()).toBe('at 09:12:00');
    expect(await cursorOf(page, 'memory')).toEqual({ lines: 1, points: 1 });
    await page.getByRole('heading', { name: 'Numbers' }).hover();
    expect(await legendOf(dashboard, 'requests')).toEqual([String(last.requests), String(last.failed)]);
    expect(await cursorOf(page, 'memory')).toEqual({ lines: 0, points: 0 });
  });

  test('tell them to the keyboard too', async () => {
    const stats = makeStats();
    const dashboard = await showStats(stats);
    const slider = dashboard.page.getByRole('slider', { name: 'Requests: time' });
    await slider.focus();
    const told = (index: number): string => {
      const { requests, failed } = stats.timeline.at(index)!;
      return `all ${requests}, failed ${failed}`;
    };
    expect(await slider.getAttribute('aria-valuetext')).toBe(`09:26:50: ${told(-1)}`);
    await dashboard.page.keyboard.press('ArrowLeft');
    expect(await slider.getAttribute('aria-valuetext')).toBe(`09:26:40: ${told(-2)}`);
    await dashboard.page.keyboard.press('Home');
    expect(await slider.getAttribute('aria-valuetext')).toBe(`09:12:00: ${told(0)}`);
    expect(await legendOf(dashboard, 'processes')).toEqual([String(stats.timeline[0]!.processes)]);
    await dashboard.page.keyboard.press('Escape');
    expect(await cursorOf(dashboard.page, 'requests')).toEqual({ lines: 0, points: 0 });
  });

  test('tell them to a finger, also after it is lifted', async () => {
    const stats = makeStats();
    const dashboard = await showStats(stats, { hasTouch: true, width: 360 });
    const plot = dashboard.page.locator('[data-plot="turns"] .canvas');
    await plot.tap({ position: { x: 1, y: 30 } });
    expect(await legendOf(dashboard, 'turns')).toEqual([String(stats.timeline[0]!.running), String(stats.timeline[0]!.queued)]);
    await dashboard.page.getByRole('heading', { name: 'The last 15 minutes' }).tap();
    expect(await cursorOf(dashboard.page, 'turns')).toEqual({ lines: 0, points: 0 });
  });

  test('say that there is nothing yet, and leave out what the server has not', async () => {
    const dashboard = await showStats(makeEmptyStats());
    expect(await dashboard.page.locator('.plot').count()).toBe(6);
    expect(await dashboard.page.locator('.canvas p').allInnerTexts()).toEqual(
      Array.from({ length: 6 }, () => 'No data yet: the first comes after 10 seconds'),
    );
    expect(await dashboard.page.getByText('Claude Code processes').isVisible()).toBe(false);
    expect(await dashboard.fields()).toMatchObject({ 'first-token': '–' });
    expect(await dashboard.fields()).toMatchObject({ 'failed-share': 'no requests' });
    expect(await dashboard.rows('models')).toEqual([['No requests for a model in this time']]);
    expect(dashboard.complaints).toEqual([]);
  });

  test('say that nothing happened', async () => {
    const dashboard = await showStats(makeStats({ since_start: emptyWindow, timeline: [makeQuietPoint(endOfTimeline)] }));
    expect(await dashboard.page.locator('[data-plot="requests"] .canvas p').innerText()).toBe('No requests in this time');
    expect(dashboard.complaints).toEqual([]);
  });
});

test('what is not well stands out', async () => {
  const stats = makeStats();
  const recent = stats.last_minutes['5'];
  const runner = { ...stats.now.runner!, circuit: 'open' as const, mcp_servers: { research: { github: 'failed', search: 'connected' } } };
  const dashboard = await showStats({
    ...stats,
    now: { ...stats.now, runner },
    last_minutes: { ...stats.last_minutes, '5': { ...recent, cli: { ...recent.cli, processes_failed: 1 } } },
  });
  expect(await dashboard.page.locator('#problems li').allInnerTexts()).toEqual([
    'The circuit is open. Too many Claude Code processes failed, and none are started for now. Turns that need one fail.',
    'MCP server github is not connected. Profile research; its state: failed.',
    '1 Claude Code process failed. In the last 5 minutes; the log says why.',
  ]);
  expect(await dashboard.fields()).toMatchObject({ circuit: 'no processes are started' });
  expect((await dashboard.rows('mcp'))[0]).toEqual(['github', 'research', 'failed']);
  expect(await dashboard.page.locator('[data-table="mcp"] [data-kind="bad"]').allInnerTexts()).toEqual(['failed']);
});

test('machines that run the turns are listed, and are not where there are none', async () => {
  const stats = makeStats();
  const none = await showStats(stats);
  expect(await none.page.locator('[data-table="machines"]').count()).toBe(0);
  const machines = {
    'http://10.0.0.1:8091': { status: 'ok' as const, places: 10, running: 3, queued: 0, warm: 2, live: 5, load: 0.51 },
    'http://10.0.0.2:8091': { status: 'gone' as const, places: 10, running: 0, queued: 0, warm: 0, live: 0, load: 0 },
  };
  const dashboard = await showStats({ ...stats, now: { ...stats.now, runner: { ...stats.now.runner!, machines } } });
  expect(await dashboard.rows('machines')).toEqual([
    ['http://10.0.0.1:8091', '3', '10', '0', '2', '5', '0.51', 'ok'],
    ['http://10.0.0.2:8091', '0', '10', '0', '0', '0', '0.00', 'gone'],
  ]);
  expect(await dashboard.page.locator('#problems li').allInnerTexts()).toContain(
    'The machine http://10.0.0.2:8091 is gone. It is given no turns; /health says why.',
  );
  expect(dashboard.complaints).toEqual([]);
});

test('requests that run are listed, and one can be cancelled, by keys too', async () => {
  const dashboard = await showStats(makeStats(), { isClockHeld: true });
  const { page } = dashboard;
  expect(await dashboard.rows('running')).toEqual([
    ['req_a1', 'Cancel', '12 s', 'alice', 'research: sonnet', '/v1/chat/completions'],
    ['my-own-id', 'Cancel', '24 s', 'without a key', 'sonnet', '/v1/chat/completions'],
  ]);
  // The rows are made anew every five seconds, and the focus stays with its request, or, when that is over, where it was.
  const focused = (): Promise<unknown> => page.evaluate('document.activeElement.getAttribute("aria-label")');
  await page.getByRole('button', { name: 'Cancel my-own-id' }).focus();
  const { now } = makeStats();
  standIn.serve(makeStats({ now: { ...now, requests: now.requests.map((request) => ({ ...request, running_ms: 99_000 })) } }));
  await page.clock.runFor(5_000);
  await page.getByText('1 min 39 s').first().waitFor();
  expect(await focused()).toBe('Cancel my-own-id');
  standIn.serve(makeStats({ now: { ...now, requests: now.requests.slice(0, 1) } }));
  await page.keyboard.press('Enter');
  await expect.poll(() => dashboard.rows('running')).toHaveLength(1);
  expect(standIn.cancelled).toEqual([['run-1', null]]);
  expect(await page.locator('#told').textContent()).toBe('The request is cancelled.');
  expect(await focused()).toBe('Running now');
  expect(dashboard.complaints).toEqual([]);
});

test('what keys have left of their limits is told, and what is nearly or all used up stands out', async () => {
  const dashboard = await showStats();
  expect(await dashboard.rows('limits')).toEqual([
    ['alice', 'tokens per day', '500,000', '480,000', '20,000', '2 h'],
    ['alice', 'requests per minute', '60', '0', '60', 'full'],
    ['night-jobs', 'dollars per month', '$100.00', '$101.50', '$0', '21 d'],
  ]);
  const kinds = await dashboard.page
    .locator('[data-table="limits"] tbody tr td:last-child')
    .evaluateAll((all) => all.map((cell) => cell.getAttribute('data-kind')));
  expect(kinds).toEqual(['warn', '', 'bad']);
  const none = await showStats(makeEmptyStats());
  expect(await none.page.locator('[data-table="limits"]').count()).toBe(0);
  expect(await none.rows('running')).toEqual([['Claude is asked for nothing now']]);
});

test('names are text, whatever they hold', async () => {
  const hostile = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>';
  const window = makeWindow(1);
  const byName = { [hostile]: 5, __proto__: 1, constructor: 4, ['toString']: 3 };
  const counts = Object.fromEntries([...Object.entries(byName), ['__proto__', 2]]);
  const requests = { ...window.requests, by_route: counts, by_status: counts, by_model: counts, by_key: counts };
  const stats = makeStats({
    since_start: { ...window, requests, tokens: { ...window.tokens, by_model: {}, by_key: {} }, cost_usd_by_key: {} },
  });
  const dashboard = await showStats({
    ...stats,
    now: {
      ...stats.now,
      requests: stats.now.requests.map((each) => ({ ...each, id: hostile, request_id: hostile, key: hostile })),
      runner: { ...stats.now.runner!, cli_version: hostile, mcp_servers: { [hostile]: { [hostile]: hostile } } },
    },
  });
  for (const table of ['routes', 'statuses', 'models', 'keys'])
    expect((await dashboard.rows(table)).map((row) => row.slice(0, 2))).toEqual([
      [hostile, '5'],
      ['constructor', '4'],
      ['toString', '3'],
      ['__proto__', '2'],
    ]);
  expect((await dashboard.rows('models'))[1]).toEqual(['constructor', '4', '0', '0', '0', '0', '0']);
  expect(await dashboard.rows('mcp')).toEqual([[hostile, hostile, hostile]]);
  expect(await dashboard.fields()).toMatchObject({ 'cli-version': hostile });
  expect(await dashboard.page.locator('#problems').innerText()).toContain(hostile);
  expect(await dashboard.page.locator('img, main script').count()).toBe(0);
  expect(await dashboard.page.title()).toBe('Claude Code API: dashboard');
  expect(dashboard.complaints).toEqual([]);
  expect(standIn.strays).toEqual([]);
});

describe('the look', () => {
  /** Long names, and every kind of trouble at once. */
  function makeTroubled(): ReturnType<typeof makeStats> {
    const stats = makeStats();
    const long = 'very-long-name-without-a-break'.repeat(5);
    const window = makeWindow(1000);
    const byName = { [long]: 123_456_789 };
    const requests = { ...window.requests, by_route: byName, by_model: byName, by_key: byName };
    const runner = {
      ...stats.now.runner!,
      circuit: 'half-open' as const,
      mcp_servers: { [long]: { [long]: 'failed', other: 'connected' } },
    };
    return { ...stats, since_start: { ...window, requests }, now: { ...stats.now, runner } };
  }
  const widths = ({ page }: OpenDashboard): Promise<{ page: number; seen: number }> =>
    page.evaluate(() => {
      const { document } = globalThis as unknown as { document: { documentElement: { scrollWidth: number; clientWidth: number } } };
      return { page: document.documentElement.scrollWidth, seen: document.documentElement.clientWidth };
    });

  test('never scrolls sideways, down to 320 pixels', async () => {
    const dashboard = await showStats(makeTroubled());
    const expectFit = async (): Promise<void> => {
      for (const width of [320, 360, 820, 1280]) {
        await dashboard.page.setViewportSize({ width, height: 800 });
        expect(await widths(dashboard)).toEqual({ page: width, seen: width });
      }
    };
    await expectFit();
    standIn.answer(() => ({ status: 401, body: { error: { message: 'm'.repeat(300) } } }));
    await dashboard.page.reload();
    await expectState(dashboard, 'Key needed');
    await expectFit();
  });

  test.each([360, 820, 1280])('lays no card over another at %i pixels, and breaks no rule of axe on a phone or a desk', async (width) => {
    const dashboard = await showStats(makeTroubled(), { width });
    const boxes = await Promise.all((await dashboard.page.locator('#content .card').all()).map((card) => card.boundingBox()));
    expect(boxes.length).toBeGreaterThan(20);
    const overlaps = boxes.flatMap((one, index) =>
      boxes
        .slice(index + 1)
        .filter((other) => one!.x < other!.x + other!.width && other!.x < one!.x + one!.width)
        .filter((other) => one!.y < other!.y + other!.height && other!.y < one!.y + one!.height)
        .map((other) => [one, other]),
    );
    expect(overlaps).toEqual([]);
    if (width !== 820) expect(await runAxe(dashboard.page)).toEqual([]);
  });

  test('draws its plots anew for the width that they have', async () => {
    const dashboard = await showStats(makeStats(), { width: 360 });
    const plot = dashboard.page.locator('[data-plot="requests"] .canvas');
    const widthOf = async (): Promise<number> => (await plot.locator('canvas').boundingBox())?.width ?? 0;
    const narrow = await widthOf();
    await dashboard.page.setViewportSize({ width: 600, height: 800 });
    await expect.poll(widthOf).toBe(narrow + 240);
  });

  test.each(['light', 'dark'] as const)('has texts of enough contrast in the %s', async (colorScheme) => {
    const dashboard = await showStats(makeTroubled(), { colorScheme, isClockHeld: true });
    const { page } = dashboard;
    await page.locator('[data-plot="requests"] .canvas').hover();
    const texts = await readTexts(page);
    texts.push(...(await drawnTexts(page, 'requests')));
    await page.locator('#trouble').waitFor({ state: 'hidden' });
    standIn.answer(() => ({ status: 500, body: {} }));
    await page.clock.runFor(5_000);
    await expectState(dashboard, 'No answer');
    texts.push(...(await readTexts(page)));
    standIn.answer(() => ({ status: 401, body: { error: { message: 'Why not.' } } }));
    await page.clock.runFor(5_000);
    await expectState(dashboard, 'Key needed');
    await page.getByRole('button', { name: 'Show the dashboard' }).click();
    texts.push(...(await readTexts(page)));
    standIn.serve(makeEmptyStats());
    await page.reload();
    await expectState(dashboard, 'Live');
    texts.push(...(await readTexts(page)));
    expect(texts.length).toBeGreaterThan(300);
    const wanted = ['Type a key first.', 'The server says: Why not.', 'The server answers with status 500', 'failed', '09:25'];
    expect(wanted.filter((text) => !texts.some((seen) => seen.text === text))).toEqual([]);
    const faint = texts.filter(({ color, background }) => contrastOf(color, background) < 4.5);
    expect(faint).toEqual([]);
  });

  test('does not move for those who like it still', async () => {
    const dashboard = await showStats();
    const animation = (): Promise<string> =>
      dashboard.page.locator('#state').evaluate((element) => {
        const { getComputedStyle } = globalThis as unknown as {
          getComputedStyle: (of: unknown, part: string) => { animationName: string };
        };
        return getComputedStyle(element, '::before').animationName;
      });
    expect(await animation()).toBe('breathe');
    await dashboard.page.emulateMedia({ reducedMotion: 'reduce' });
    expect(await animation()).toBe('none');
  });
});
