import { createHash } from 'node:crypto';
import { textReply } from '@claude-code-api/mock-anthropic';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../../support/servers/start-browser.ts';
import { startTestServer, type TestServer } from '../../support/servers/start-test-server.ts';
import { openDashboard } from './open-dashboard.ts';

let server: TestServer;
let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await server?.close();
});
afterAll(() => browser?.close());

test('the server answers with the page, and the page shows what the server did', async () => {
  server = await startTestServer();
  await chat();
  const { page, complaints, addresses, fields, rows } = await openDashboard(browser, toPage());
  await page.getByText('Live', { exact: true }).waitFor();
  // A request is counted once its reply has gone, which may be after its caller has read it.
  await expect.poll(fields).toMatchObject({ requests: '1', failed: '0', circuit: 'processes start as usual' });
  expect((await rows('routes'))[0]?.slice(0, 2)).toEqual(['POST /v1/chat/completions', '1']);
  expect((await rows('models'))[0]?.slice(0, 2)).toEqual(['sonnet', '1']);
  // What the real CLI is in the middle of is cancelled by a button, and its process is fit for the next.
  server.mock.reply(textReply('late', { delayMs: 600_000 }));
  const answering = server.chat({ model: 'sonnet', messages: [{ role: 'user', content: 'take long' }] });
  await page.getByRole('button', { name: /^Cancel req_/ }).click({ timeout: 30_000 });
  const cancelled = await answering;
  expect([cancelled.status, await cancelled.json()]).toMatchObject([503, { error: { code: 'request_cancelled' } }]);
  await page.getByText('Claude is asked for nothing now').waitFor();
  await chat();
  const { origin } = new URL(server.url);
  expect(addresses.filter((address) => address.startsWith(`${origin}/requests/`))).toHaveLength(1);
  expect(complaints).toEqual([]);
  expect(new Set(addresses.filter((address) => !address.includes('/requests/')))).toEqual(
    new Set([`${server.url}/dashboard`, `${server.url}/stats`]),
  );
});

test('the page gets the statistics of a server with keys by the key of an admin, and by no other', async () => {
  const keys = { boss: { hash: hashOf('boss-key'), admin: true }, worker: { hash: hashOf('worker-key') } };
  server = await startTestServer({ settings: { 'server.api_keys': JSON.stringify(keys) } });
  await chat({ headers: { authorization: 'Bearer worker-key' } });
  const { page, fields, rows } = await openDashboard(browser, toPage());
  const enter = async (key: string): Promise<void> => {
    await page.getByLabel('Key', { exact: true }).fill(key);
    await page.keyboard.press('Enter');
  };
  await page.getByRole('heading', { name: 'A key, please' }).waitFor();
  await enter('no-key');
  await page.getByRole('heading', { name: 'This key is not known' }).waitFor();
  await enter('worker-key');
  await page.getByRole('heading', { name: 'This key may not read the statistics' }).waitFor();
  await enter('boss-key');
  await page.getByText('Live', { exact: true }).waitFor();
  await expect.poll(async () => (await rows('keys')).find(([name]) => name === 'worker')?.[1]).toBe('1');
  expect(await fields()).not.toMatchObject({ tokens: '0' });
});

const toPage = (): { pageUrl: string } => ({ pageUrl: `${server.url}/dashboard` });
const hashOf = (key: string): string => `sha256:${createHash('sha256').update(key).digest('hex')}`;

async function chat(init?: RequestInit): Promise<void> {
  const response = await server.chat({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] }, init);
  expect(response.status).toBe(200);
  await response.text();
}
