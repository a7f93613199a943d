import { connect, type Socket } from 'node:net';
import { createScriptedRunner, type Script, type ScriptEvent } from '@claude-code-api/gateway/testing';
import type { RunningServer } from '@claude-code-api/node';
import { afterEach, expect, test, vi } from 'vitest';
import { callWithKey } from '../support/chat/call-with-key.ts';
import { makeKeys } from '../support/servers/make-keys.ts';
import { startScriptedTestServer } from '../support/servers/start-scripted-test-server.ts';

const noUsage = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, cacheWriteHourTokens: 0, outputTokens: 0, reasoningTokens: 0 };
const places = { 'claude.max_concurrent_sessions': '4', 'claude.max_queued_requests': '20' };

let server: RunningServer | undefined;
const leaving: AbortController[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const each of leaving.splice(0)) each.abort();
  for (const socket of sockets.splice(0)) socket.destroy();
  await server?.close();
});

/** What is asked says how it is answered. */
const script: Script = async function* (turn): AsyncGenerator<ScriptEvent> {
  const asked = JSON.stringify(turn.messages);
  if (asked.includes('stall early')) await new Promise(() => {});
  yield { type: 'turn-start', model: turn.model, usage: noUsage };
  yield { type: 'text-delta', text: 'Hello' };
  if (asked.includes('stall late')) await new Promise(() => {});
  if (asked.includes('much')) for (let count = 0; count < 2000; count += 1) yield { type: 'text-delta', text: 'x'.repeat(10_000) };
  yield { type: 'usage', usage: noUsage };
  yield { type: 'turn-end', reason: 'end_turn' };
};

async function start(allowed: Readonly<Record<string, object>>) {
  const { keys, settings } = makeKeys(allowed);
  const { url } = (server = await startScriptedTestServer({ ...settings, ...places }, { runner: createScriptedRunner({ script }) }));
  const bodyOf = (content: string, stream: boolean): object => ({ model: 'sonnet', stream, messages: [{ role: 'user', content }] });
  return {
    url,
    /** Asks and does not wait. */
    flood: (name: string, content: string, stream: boolean, count = 12, more: object = {}): void => {
      for (let index = 0; index < count; index += 1) {
        const leave = new AbortController();
        leaving.push(leave);
        void callWithKey(`${url}/v1/chat/completions`, keys[name], { ...bodyOf(content, stream), ...more }, { signal: leave.signal }).catch(
          () => {},
        );
      }
    },
    /** Asks for much, and reads nothing of it. */
    floodUnread: (name: string): void => {
      const body = JSON.stringify(bodyOf('much', true));
      for (let index = 0; index < 12; index += 1) {
        const socket = connect(Number(new URL(url).port), '127.0.0.1');
        sockets.push(socket.on('error', () => {}).pause());
        socket.write(
          `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${keys[name]}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
        );
      }
    },
    /** Waits until so many turns run. */
    running: (count: number): Promise<void> =>
      vi.waitFor(
        async () => {
          const health = await callWithKey(`${url}/health`, keys['watcher']);
          expect(await health.json()).toMatchObject({ turns: { running: count } });
        },
        { timeout: 30_000, interval: 20 },
      ),
    /** Asks, and is answered while the others still have their places: those never give them back. */
    ask: async (name: string): Promise<void> => {
      const response = await callWithKey(`${url}/v1/chat/completions`, keys[name], bodyOf('hi', false));
      expect(response.status).toBe(200);
    },
  };
}

test.each([
  ['that stall before their first word', 'stall early', false],
  ['that stall in mid-answer', 'stall late', true],
])('turns of one key %s leave places to the others', async (_, content, stream) => {
  const { flood, running, ask } = await start({ hostile: {}, good: {}, other: {}, watcher: { admin: true } });
  flood('hostile', content, stream);
  await running(2);
  await Promise.all([ask('good'), ask('other'), ask('good')]);
  for (let round = 0; round < 10; round += 1) await ask('good');
});

test('so do answers that one key does not read', async () => {
  const { floodUnread, running, ask } = await start({ hostile: {}, good: {}, other: {}, watcher: { admin: true } });
  floodUnread('hostile');
  await running(2);
  await Promise.all([ask('good'), ask('other')]);
  for (let round = 0; round < 10; round += 1) await ask('good');
});

test('so do the choices of one request, each of which is a turn', async () => {
  const { flood, running, ask } = await start({ hostile: {}, good: {}, other: {}, watcher: { admin: true } });
  flood('hostile', 'stall early', true, 1, { n: 8 });
  await running(2);
  await Promise.all([ask('good'), ask('other')]);
});

test('a key that may take all places does', async () => {
  const { flood, running } = await start({ trusted: { concurrent_turns: 4 }, good: {}, watcher: { admin: true } });
  flood('trusted', 'stall early', false, 4);
  await running(4);
});

test('a key that is alone takes all places', async () => {
  const { flood, running } = await start({ watcher: { admin: true } });
  flood('watcher', 'stall early', false, 4);
  await running(4);
});
