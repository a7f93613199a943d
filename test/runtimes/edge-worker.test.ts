import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { startMockAnthropic, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerOfWeather, expectStreamedConversation } from '../support/chat/expect-streamed-conversation.ts';
import { entrySources } from '../support/entry-sources.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startTestMachine, type TestMachine } from '../support/servers/start-test-machine.ts';
import { startWorkerd, type RunningWorker } from '../support/start-workerd.ts';

const key = 'key-of-the-callers';
let directory: string;
let mock: MockAnthropic;
let machine: TestMachine;
let worker: RunningWorker;
beforeAll(async () => {
  [directory, mock] = await Promise.all([makeTemporaryDirectory(), startMockAnthropic()]);
  const settings = { 'claude.min_idle_processes': '0', 'claude.max_idle_processes': '1', 'claude.max_live_processes': '2' };
  machine = await startTestMachine({ mockUrl: mock.url, settings });
  worker = await startWorkerd({
    entry: fileURLToPath(new URL('../../examples/edge-worker/worker.js', import.meta.url)),
    directory,
    alias: entrySources,
    bindings: { MACHINES: machine.url, RUNNER_TOKEN: machine.token, API_KEY: key },
    objects: { PLACE: 'Place' },
  });
  answerOfWeather(mock);
}, 360_000);
afterAll(async () => {
  await worker?.close();
  await machine?.close();
  await mock?.close();
  await rm(directory, { recursive: true });
});

test('streamed conversations with calls between them, on a real CLI elsewhere, also side by side', async () => {
  await expectStreamedConversation(worker.url, key, mock, 'Rome');
  await Promise.all(['Oslo', 'Bern'].map((city) => expectStreamedConversation(worker.url, key, mock, city)));
});

test('an answer is in the cache for who asks the same', async () => {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  const body = JSON.stringify({ model: 'sonnet', seed: 1, messages: [{ role: 'user', content: 'How is the weather in Kyiv?' }] });
  const ask = (): Promise<Response> => fetch(`${worker.url}/v1/chat/completions`, { method: 'POST', headers, body });
  const first = await ask();
  const said = await first.json();
  expect([first.status, first.headers.get('x-cache')], JSON.stringify(said) + worker.said()).toEqual([200, 'miss']);
  expect((await ask()).headers.get('x-cache')).toBe('hit');
});

test('nobody comes in without the key, and nobody to what is kept', async () => {
  for (const path of ['/v1/models', '/v1/conversations', '/records/usage', '/secret']) {
    const response = await fetch(worker.url + path, { headers: { authorization: 'Bearer another' } });
    expect([401, 404]).toContain(response.status);
  }
});
