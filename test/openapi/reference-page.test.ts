import { readFileSync, writeFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { compress, vendoredSwaggerUi } from '../support/openapi/vendored-swagger-ui.ts';
import { startBrowser } from '../support/servers/start-browser.ts';
import { startScriptedTestServer } from '../support/servers/start-scripted-test-server.ts';

test.each(Object.entries(vendoredSwaggerUi()))('the page has %s of Swagger UI; UPDATE_OPENAPI=1 writes it', (name, text) => {
  const isLicence = name.endsWith('.txt');
  const file = new URL(`../../packages/node/pages/reference/${name}${isLicence ? '' : '.br'}`, import.meta.url);
  if (process.env['UPDATE_OPENAPI']) writeFileSync(file, isLicence ? text : compress(text));
  const kept = readFileSync(file);
  expect((isLicence ? kept : brotliDecompressSync(kept)).toString() === text).toBe(true);
});

test('the page shows each endpoint and asks the server that it is from, under a policy that lets it ask nobody else', async () => {
  const server = await startScriptedTestServer();
  onTestFinished(() => server.close());
  const { headers } = await fetch(`${server.url}/docs`, { method: 'HEAD' });
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  const browser = await startBrowser();
  onTestFinished(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(150_000);
  const complaints: string[] = [];
  const addresses: string[] = [];
  page.on('console', (message) => void (['error', 'warning'].includes(message.type()) && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(error.message));
  page.on('request', (request) => void addresses.push(request.url()));

  await page.goto(`${server.url}/docs`);
  await page.locator('.opblock').first().waitFor();
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: Readonly<Record<string, object>> };
  const operations = Object.values(document.paths).flatMap((methods) => Object.keys(methods));
  expect(await page.locator('.opblock').count()).toBe(operations.length);

  const health = page.locator('#operations-Server-getHealth');
  await health.locator('.opblock-summary-control').click();
  await health.getByRole('button', { name: 'Try it out' }).click();
  await health.getByRole('button', { name: 'Execute' }).click();
  await health.locator('.live-responses-table').getByText('"ok"').first().waitFor();

  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('html.dark-mode').waitFor();
  await page.setViewportSize({ width: 390, height: 800 });
  const width = await page.evaluate('document.documentElement.scrollWidth');
  expect(width).toBeLessThanOrEqual(390);
  expect(complaints).toEqual([]);
  expect(addresses.filter((address) => !address.startsWith('data:'))).toEqual(
    ['/docs', '/openapi.json', '/health'].map((path) => `${server.url}${path}`),
  );
}, 180_000);
