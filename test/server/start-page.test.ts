import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { startBrowser } from '../support/servers/start-browser.ts';
import { makeKeys } from '../support/servers/make-keys.ts';
import { startScriptedTestServer } from '../support/servers/start-scripted-test-server.ts';
import type { RunningServer } from '@claude-code-api/node';
import { openDashboard } from './dashboard/open-dashboard.ts';

let browser: Browser;
let open: RunningServer;
let locked: RunningServer;
beforeAll(async () => {
  browser = await startBrowser();
  open = await startScriptedTestServer();
  locked = await startScriptedTestServer(makeKeys({ ada: {} }).settings);
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([open?.close(), locked?.close()]);
});

describe.each([
  ['a desk', 1280],
  ['a phone', 360],
] as const)('GET / in a browser on %s', (_, width) => {
  test.each([
    ['without keys', () => open],
    ['with keys', () => locked],
  ] as const)('%s: it is read without a complaint, and is no wider than the screen', async (_name, server) => {
    const { url } = server();
    const { page, context, complaints, addresses } = await openDashboard(browser, { pageUrl: `${url}/` }, { width });
    try {
      const response = await page.reload();
      expect([response?.status(), response?.headers()['content-security-policy']]).toEqual([
        200,
        expect.stringContaining("default-src 'none'"),
      ]);
      const text = await page.locator('body').innerText();
      for (const told of [`${url}/v1`, '/v1/chat/completions', '/v1/messages']) expect(text).toContain(told);
      expect(await page.locator('a[href$="dashboard"]').count()).toBe(1);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(complaints).toEqual([]);
      expect(addresses.filter((address) => !address.startsWith(url))).toEqual([]);
    } finally {
      await context.close();
    }
  });
});
