import type { Page } from 'playwright-core';
import { startBrowser } from '../../support/servers/start-browser.ts';
import { endOfTimeline, makeEmptyStats, makeStats } from './make-stats.ts';
import { startStandIn } from './start-stand-in.ts';

/** Takes pictures of the dashboard, for people to look at: `tsx test/server/dashboard/take-screenshots.ts DIRECTORY`. */
const directory = process.argv[2] ?? '.';
const well = makeStats();
const runner = { ...well.now.runner!, circuit: 'open' as const, mcp_servers: { research: { github: 'failed', search: 'connected' } } };
const troubled = makeStats({ now: { ...well.now, runner } });
const wholePages = [
  { name: 'desktop-light', width: 1360, stats: well },
  { name: 'desktop-dark', width: 1360, colorScheme: 'dark', stats: well },
  { name: 'phone', width: 360, stats: well },
  { name: 'phone-dark', width: 360, colorScheme: 'dark', stats: troubled },
  { name: 'tablet', width: 820, stats: well },
  { name: 'troubled', width: 1360, stats: troubled },
  { name: 'empty', width: 1360, stats: makeEmptyStats() },
] as const;

const standIn = await startStandIn();
const browser = await startBrowser();

async function open(width: number, height: number, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme, timezoneId: 'UTC' });
  await page.clock.setFixedTime(endOfTimeline * 1000 + 4000);
  await page.goto(standIn.pageUrl);
  return page;
}

try {
  for (const { name, width, stats, ...more } of wholePages) {
    standIn.serve(stats);
    const page = await open(width, 900, 'colorScheme' in more ? more.colorScheme : 'light');
    await page.getByText('Live', { exact: true }).waitFor();
    await page.screenshot({ path: `${directory}/dashboard-${name}.png`, fullPage: true, animations: 'disabled' });
    await page.close();
  }

  // The one of `docs/operations.md`: down to the plots, with a time that is pointed at.
  standIn.serve(well);
  const page = await open(1180, 1500);
  await page.locator('[data-plot="requests"] .canvas').hover({ position: { x: 191, y: 60 } });
  await page.screenshot({ path: `${directory}/dashboard.png`, animations: 'disabled' });

  standIn.answer(() => ({ status: 401, body: { error: { message: 'Send a key.' } } }));
  const gate = await open(1360, 600);
  await gate.getByLabel('Key', { exact: true }).waitFor();
  await gate.screenshot({ path: `${directory}/dashboard-gate.png` });
} finally {
  await browser.close();
  await standIn.stop();
}
