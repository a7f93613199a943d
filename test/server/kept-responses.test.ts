import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRedis, type TestRedis } from '../support/servers/start-redis.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';

let redis: TestRedis;
let one: TestServer;
let other: TestServer;
beforeAll(async () => {
  redis = await startRedis();
  const settings = { 'storage.driver': 'redis', 'storage.url': redis.url };
  const start = (): Promise<TestServer> => startTestServer({ settings, runner: { minIdle: 0, maxIdle: 0, maxLive: 3 } });
  [one, other] = await Promise.all([start(), start()]);
});
afterAll(async () => {
  await Promise.all([one?.close(), other?.close()]);
  await redis?.kill();
});

interface Told {
  readonly id: string;
  readonly store: boolean;
}

async function respond(server: TestServer, body: object): Promise<{ readonly status: number; readonly told: Told }> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'sonnet', ...body }) };
  const response = await fetch(`${server.url}/v1/responses`, init);
  return { status: response.status, told: (await response.json()) as Told };
}

/** What the last request upstream says, in short. */
function heard(server: TestServer): string[] {
  const { messages = [] } = server.mock.messages().at(-1)?.body ?? {};
  return messages.flatMap(({ content }) =>
    [content].flat().flatMap((block) => (typeof block === 'string' ? [block] : block.type === 'text' ? [block.text ?? ''] : [])),
  );
}

test('a response is followed on any server, and branches where another has followed', async () => {
  const { told: first } = await respond(one, { input: 'one' });
  const { told: second } = await respond(other, { input: 'two', previous_response_id: first.id });
  expect(heard(other)).toEqual(['one', 'Hello world', 'two']);
  const { told: branch } = await respond(one, { input: 'three', previous_response_id: first.id });
  expect(heard(one)).toEqual(['one', 'Hello world', 'three']);
  await respond(one, { input: 'four', previous_response_id: second.id });
  expect(heard(one)).toEqual(['one', 'Hello world', 'two', 'Hello world', 'four']);
  expect(await (await fetch(`${other.url}/v1/responses/${branch.id}`)).json()).toEqual(branch);
});

test('without Redis who goes on gets a 503, and who begins is told that nothing is kept', async () => {
  const { told: first } = await respond(one, { input: 'one' });
  await redis.stop();
  try {
    expect(await respond(one, { input: 'two', previous_response_id: first.id })).toMatchObject({ status: 503 });
    expect(await respond(one, { input: 'three' })).toMatchObject({ status: 200, told: { store: false } });
  } finally {
    await redis.start();
    await expect.poll(async () => (await respond(one, { input: 'one' })).told.store).toBe(true);
  }
});
