import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { type LogFields, silentLogger } from '../../ports/logger.ts';
import type { CachedAnswer, ResponseCache } from '../../ports/response-cache.ts';
import { createMemoryConversationStore, createScriptedRunner } from '../../testing/index.ts';
import type { ScriptEvent } from '../../testing/script-blocks.ts';
import { noUsage } from '../../turn/usage.ts';

/** Gives as fast as it is asked, for ever. */
async function* endless(): AsyncGenerator<ScriptEvent> {
  yield { type: 'turn-start', model: 'claude-x', usage: noUsage };
  for (;;) yield { type: 'text-delta', text: 'x'.repeat(1000) };
}

const noCache: ResponseCache = { get: async (): Promise<CachedAnswer | undefined> => undefined, set: async () => {} };

// Whoever reads slowly leaves while the turn waits for its reader, and no event is being waited for.
test.each([
  ['alone', {}],
  ['of several choices', { n: 3 }],
  ['that shares its answer', { seed: 1 }],
  ['with stops of its own', { stop: ['\n\n'] }],
  ['that tells activity as reasoning', { activity: 'reasoning' }],
  ['that must fit a schema', { response_format: { type: 'json_object' } }],
])('a turn whose slow reader leaves gives everything back: one %s', async (_, more) => {
  const runner = createScriptedRunner({ script: endless });
  const app = createGateway({ runner, conversations: { store: createMemoryConversationStore() }, cache: { store: noCache } });
  const post = (body: object): Promise<Response> =>
    Promise.resolve(
      app.request('/v1/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }], stream: true, ...body }),
      }),
    );
  const response = await post(more);
  const reader = response.body!.getReader();
  await reader.read();
  // Until the turn stands still, since nobody reads.
  await new Promise((resolve) => setTimeout(resolve, 20));
  await reader.cancel();
  await expect.poll(async () => (await app.request('/health')).json()).toMatchObject({ turns: { running: 0, queued: 0 } });
  // Nor is the conversation held any more: it is not there, since the turn was not kept.
  const again = await post({ conversation_id: response.headers.get('x-conversation-id') });
  expect(again.status).toBe(404);
});

test.each([
  ['streamed', { stream: true }, 300],
  ['streamed, of several choices', { stream: true, n: 3 }, 900],
  ['whole', {}, 300],
  ['whole, of several choices', { n: 3 }, 900],
])('the log tells what a turn has spent whose caller leaves: one %s', async (_, more, tokens) => {
  const lines: Array<{ fields: LogFields; message: string }> = [];
  const logger = { ...silentLogger, info: (fields: LogFields, message: string) => void lines.push({ fields, message }) };
  const usage = { ...noUsage, inputTokens: 300 };
  const runner = createScriptedRunner({
    async *script() {
      yield { type: 'turn-start', model: 'claude-x', usage };
      yield { type: 'text-delta', text: 'Hello' };
      await new Promise(() => {});
    },
    costOf: (_model, { inputTokens }) => inputTokens,
  });
  const app = createGateway({ runner, logger });
  const leaving = new AbortController();
  const body = JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }], ...more });
  const request = new Request('http://localhost/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal: leaving.signal,
  });
  const asked = Promise.resolve(app.request(request));
  if ('stream' in more) {
    const reader = (await asked).body!.getReader();
    await reader.read();
    await reader.cancel();
  } else {
    await expect.poll(() => runner.turns.length).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    leaving.abort();
    await asked;
  }
  await expect.poll(() => lines.map(({ message }) => message)).toEqual(['request']);
  expect(lines[0]?.fields).toMatchObject({ outcome: 'left', usage: { inputTokens: tokens }, costUsd: tokens });
});
