import type { Browser, BrowserContext, Page } from 'playwright-core';
import { recordDrawnTexts } from './read-plot.ts';
import type { StandIn } from './start-stand-in.ts';

export interface OpenDashboard {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser complained about: errors of the page's code, of its policy, of the network. */
  readonly complaints: readonly string[];
  /** Every address that was asked for. */
  readonly addresses: readonly string[];
  /** The texts of all elements that tell something, by what they tell, such as `requests`. */
  readonly fields: () => Promise<Record<string, string>>;
  /** The texts of a table's cells, row by row, without its head. */
  readonly rows: (table: string) => Promise<string[][]>;
}

export interface OpenDashboardOptions {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly hasTouch?: boolean;
  /** Whether the page's clock stands still but for `page.clock.runFor`. */
  readonly isClockHeld?: boolean;
}

/** What of the browser's own type is used here; this code is compiled without it. */
interface PageElement {
  readonly dataset: Readonly<Record<string, string>>;
  readonly innerText: string;
  readonly children: ArrayLike<PageElement>;
}

/** Opens the dashboard in a context of its own, for the caller to close. */
export async function openDashboard(
  browser: Browser,
  server: Pick<StandIn, 'pageUrl'>,
  options: OpenDashboardOptions = {},
): Promise<OpenDashboard> {
  const { width = 1280, colorScheme = 'light', hasTouch = false, isClockHeld = false } = options;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, hasTouch, timezoneId: 'UTC' });
  const page = await context.newPage();
  const complaints: string[] = [];
  const addresses: string[] = [];
  page.on('console', (message) => void (['error', 'warning'].includes(message.type()) && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(error.message));
  page.on('request', (request) => void addresses.push(request.url()));
  if (isClockHeld) {
    // It can be stopped only ahead of itself.
    await page.clock.install({ time: pageTime.getTime() - 60_000 });
    await page.clock.pauseAt(pageTime);
  }
  await recordDrawnTexts(page);
  await page.goto(server.pageUrl);
  return {
    page,
    context,
    complaints,
    addresses,
    fields: () =>
      page
        .locator('[data-field]')
        .evaluateAll((all: PageElement[]) => Object.fromEntries(all.map((element) => [element.dataset['field'], element.innerText]))),
    rows: (table) =>
      page
        .locator(`[data-table="${table}"] tbody tr`)
        .evaluateAll((all: PageElement[]) => all.map((row) => Array.from(row.children, ({ innerText }) => innerText))),
  };
}

const pageTime = new Date('2026-03-14T09:27:00Z');
