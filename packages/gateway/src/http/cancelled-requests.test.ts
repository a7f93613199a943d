import { expect, test } from 'vitest';
import { createGateway } from '../create-gateway.ts';
import type { Insight, RequestFacts, RunningRequest } from '../ports/insight.ts';
import { createScriptedRunner } from '../testing/index.ts';
import { noUsage } from '../turn/usage.ts';

/** A machine may be busy. */
const patient = { timeout: 30_000 };

/** A gateway whose turns begin, and never end by themselves. */
function open(maxRunning = 10) {
  const running = new Set<RunningRequest>();
  const ended: RequestFacts[] = [];
  const reasons: unknown[] = [];
  const insight: Insight = {
    requestRuns(request) {
      running.add(request);
      return () => void running.delete(request);
    },
    requestEnded: (facts) => void ended.push(facts),
    turnEnded: () => {},
    watchGateway: () => {},
    stats: async () => ({}),
    metrics: async () => ({ contentType: 'text/plain', text: '' }),
    cancelRequest(id) {
      const found = [...running].find(({ requestId }) => requestId === id);
      found?.cancel();
      return found !== undefined;
    },
  };
  const runner = createScriptedRunner({
    async *script(turn, signal) {
      yield { type: 'turn-start', model: turn.model, usage: noUsage };
      yield { type: 'text-delta', text: 'Begun' };
      await new Promise<void>((_, reject) =>
        signal.addEventListener('abort', () => {
          reasons.push(signal.reason);
          reject(signal.reason);
        }),
      );
    },
  });
  const failures: string[] = [];
  const tell = (_: object, message: string): void => void failures.push(message);
  const logger = { debug() {}, info() {}, warn: tell, error: tell };
  let isStopping = false;
  const app = createGateway({ runner, insight, logger, queue: { maxRunning }, isStopping: () => isStopping });
  const post = (path: string, body: object, id = 'mine'): Promise<Response> =>
    Promise.resolve(
      app.request(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-request-id': id },
        body: JSON.stringify({ model: 'sonnet', max_tokens: 99, ...body }),
      }),
    );
  const cancel = async (id = 'mine'): Promise<Response> => app.request(`/requests/${id}`, { method: 'DELETE' });
  return { running, ended, reasons, failures, runner, post, cancel, stop: () => (isStopping = true) };
}

const messages = [{ role: 'user', content: 'hi' }];
/** What is asked, and how many turns that takes. */
const routes = [
  ['/v1/chat/completions', { messages }, 1],
  ['/v1/chat/completions', { messages, n: 2 }, 2],
  ['/v1/responses', { input: 'hi' }, 1],
  ['/v1/messages', { messages }, 1],
  ['/v1/completions', { prompt: 'hi' }, 1],
  ['/v1/completions', { prompt: ['hi', 'ho'] }, 2],
] as const;

const wholeRoutes = [...routes, ['/v1/responses/compact', { input: 'hi' }, 1]] as const;

test.each(wholeRoutes)('%s %j: a whole reply that is cancelled is a 503 that nobody sends again', async (path, body, turns) => {
  const gateway = open();
  const answering = gateway.post(path, body);
  await expect.poll(() => gateway.runner.turns.length, patient).toBe(turns);
  expect([...gateway.running]).toMatchObject([{ route: path, model: 'sonnet', streamed: false, requestId: 'mine', caller: '' }]);
  expect([(await gateway.cancel()).status, (await gateway.cancel('other')).status]).toEqual([200, 404]);
  const response = await answering;
  expect([response.status, response.headers.get('x-should-retry')]).toEqual([503, 'false']);
  expect(await response.json()).toMatchObject({ error: { message: 'The operator of this server has cancelled the request.' } });
  expect([gateway.running.size, gateway.reasons.length]).toEqual([0, turns]);
  expect(gateway.ended.filter(({ route }) => route === path)).toMatchObject([
    { outcome: 'error', error: 'request_cancelled', status: 503 },
  ]);
  expect(gateway.failures).toEqual([]);
});

test.each(routes)('%s %j: a stream that is cancelled says so', async (path, body) => {
  const gateway = open();
  const response = await gateway.post(path, { ...body, stream: true });
  const reading = response.text();
  await expect.poll(() => gateway.running.size, patient).toBe(1);
  expect([...gateway.running]).toMatchObject([{ streamed: true }]);
  expect((await gateway.cancel()).status).toBe(200);
  expect(await reading).toContain('The operator of this server has cancelled the request.');
  expect(gateway.running.size).toBe(0);
  expect(gateway.ended.filter(({ route }) => route === path)).toMatchObject([{ outcome: 'error', error: 'request_cancelled' }]);
  expect(gateway.failures).toEqual([]);
});

test('what waits for its place can be cancelled, and takes none any more', async () => {
  const gateway = open(1);
  const first = gateway.post('/v1/messages', { messages }, 'first');
  await expect.poll(() => gateway.runner.turns.length, patient).toBe(1);
  const second = gateway.post('/v1/messages', { messages }, 'second');
  await expect.poll(() => gateway.running.size, patient).toBe(2);
  expect((await gateway.cancel('second')).status).toBe(200);
  expect((await second).status).toBe(503);
  expect([gateway.runner.turns.length, gateway.running.size]).toEqual([1, 1]);
  await gateway.cancel('first');
  expect((await first).status).toBe(503);
});

test('also while the server stops, which waits for what runs', async () => {
  const gateway = open();
  const answering = gateway.post('/v1/messages', { messages });
  await expect.poll(() => gateway.runner.turns.length, patient).toBe(1);
  gateway.stop();
  expect((await gateway.post('/v1/messages', { messages }, 'late')).status).toBe(503);
  expect((await gateway.cancel('late')).status).toBe(404);
  expect((await gateway.cancel()).status).toBe(200);
  expect(await (await answering).json()).toMatchObject({ error: { message: expect.stringContaining('cancelled') as string } });
});

test('who leaves is not listed any more', async () => {
  const gateway = open();
  const response = await gateway.post('/v1/messages', { messages, stream: true });
  await response.body?.cancel();
  await expect.poll(() => gateway.running.size, patient).toBe(0);
  expect((await gateway.cancel()).status).toBe(404);
});
