import { createScriptedRunner, type ScriptedRunner } from '@claude-code-api/gateway/testing';
import type { RunningServer } from '@claude-code-api/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { askResponses, textOf, type Responses } from '../support/chat/ask-responses.ts';
import { callWithKey } from '../support/chat/call-with-key.ts';
import { makeKeys } from '../support/servers/make-keys.ts';
import { startScriptedTestServer } from '../support/servers/start-scripted-test-server.ts';
import { until } from '../support/until.ts';

const noUsage = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, cacheWriteHourTokens: 0, outputTokens: 0, reasoningTokens: 0 };
const secret = 'The secret of Alice.';
const background = { background: true };

let server: RunningServer;
let runner: ScriptedRunner;
let keys: Readonly<Record<string, string>>;
let finish: () => void;
let flood: number;
const signals: AbortSignal[] = [];

beforeEach(async () => {
  const finished = new Promise<void>((resolve) => (finish = resolve));
  flood = 0;
  signals.length = 0;
  const made = makeKeys({ alice: {}, bob: {} });
  ({ keys } = made);
  runner = createScriptedRunner({
    async *script(_, signal) {
      signals.push(signal);
      yield { type: 'turn-start', model: 'claude-sonnet-5-5', usage: noUsage };
      yield { type: 'text-delta', text: secret };
      for (let count = 0; count < flood; count += 1) {
        yield { type: 'text-delta', text: 'x'.repeat(1000) };
        if (count % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await finished;
      yield { type: 'turn-end', reason: 'end_turn' };
    },
  });
  server = await startScriptedTestServer(
    { ...made.settings, 'claude.max_background_responses': '6', 'storage.max_megabytes': '4', 'claude.max_concurrent_sessions': '4' },
    { runner },
  );
});
afterEach(() => server.close());

const as = (name: string): Responses => askResponses(server.url, keys[name]);

test('another key can neither read, stream, cancel, delete nor follow it, while it runs and when it has ended', async () => {
  const { id } = await as('alice').ask(background);
  await as('alice').until(id, 'in_progress');
  for (const end of [finish, undefined]) {
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '?stream=true'],
      ['GET', '?stream=true&starting_after=3'],
      ['GET', '/input_items'],
      ['POST', '/cancel'],
      ['DELETE', ''],
    ] as const) {
      const response = await callWithKey(`${server.url}/v1/responses/${id}${path}`, keys['bob'], undefined, {
        method,
        headers: { authorization: `Bearer ${keys['bob']}` },
      });
      const text = await response.text();
      expect([method, path, response.status]).toEqual([method, path, 404]);
      expect(text).not.toContain(secret);
    }
    const following = await as('bob').post({ previous_response_id: id });
    expect(following.status).toBe(400);
    expect(await following.json()).toMatchObject({ error: { code: 'previous_response_not_found' } });
    // Nor can they tell that it is there.
    const unknown = await as('bob').post({ previous_response_id: `${id.slice(0, -1)}0` });
    expect(await unknown.json()).toMatchObject({ error: { code: 'previous_response_not_found' } });
    end?.();
    expect(
      textOf(
        await as('alice')
          .until(id, 'completed')
          .catch(() => as('alice').get(id)),
      ),
    ).toContain(end === undefined ? secret : '');
  }
  expect(signals.some(({ aborted }) => aborted)).toBe(false);
});

test('without a key nothing is told', async () => {
  const { id } = await as('alice').ask(background);
  for (const [method, path] of [
    ['GET', ''],
    ['GET', '?stream=true'],
    ['POST', '/cancel'],
    ['DELETE', ''],
  ] as const)
    expect((await fetch(`${server.url}/v1/responses/${id}${path}`, { method })).status).toBe(401);
});

test('one key can’t take all of them, nor the places of those who wait', async () => {
  const bodies = await Promise.all(Array.from({ length: 20 }, () => as('alice').post(background)));
  expect(bodies.filter(({ status }) => status === 200)).toHaveLength(3);
  expect(bodies.filter(({ status }) => status === 429)).toHaveLength(17);
  const theirs = await as('bob').ask(background);
  await as('bob').until(theirs.id, 'in_progress');
  finish();
  expect((await as('bob').post({})).status).toBe(200);
});

test('what one says is bounded with all that its key has stored, and nobody else loses anything', async () => {
  finish();
  const kept = await as('bob').ask({ input: 'keep this' });
  const { id: small } = await as('alice').ask(background);
  await as('alice').until(small, 'completed');
  flood = 10_000;
  const { id } = await as('alice').ask(background);
  const told = await as('alice').until(id, 'failed');
  expect(told.error?.message).toContain('larger than all of yours');
  expect((await as('bob').get(kept.id)).status).toBe('completed');
  await until(() => signals.at(-1)?.aborted === true, 'the end of its turn');
}, 120_000);

test('readers who come and go leave nothing running', async () => {
  const { id } = await as('alice').ask(background);
  await as('alice').until(id, 'in_progress');
  for (let count = 0; count < 50; count += 1) {
    const stream = await as('alice').stream(id);
    await stream.id();
    stream.leave();
    await stream.done;
  }
  expect(signals).toHaveLength(1);
  expect(signals[0]?.aborted).toBe(false);
  finish();
  await as('alice').until(id, 'completed');
});
