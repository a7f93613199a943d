/**
 * Sends 20,000 generated requests, of which some are as they should be, most nearly, and some not at all. Run it with
 * `npx vitest run test/endurance/fuzz/requests.test.ts`; another seed by `FUZZ_SEED=2`, more by `FUZZ_RUNS=200000`.
 */
import { createGateway } from '@claude-code-api/gateway';
import { createConversationStore, createResponseCache } from '@claude-code-api/gateway/stores';
import { createServer, createStorageBackend } from '@claude-code-api/node';
import { afterEach, expect, test } from 'vitest';
import { silentLogger as logger } from '../../support/silent-logger.ts';
import type { Reply } from './check-reply.ts';
import { createScriptedTurns } from './create-scripted-turns.ts';
import { createTarget, plantSecret } from './create-target.ts';
import type { FuzzRequest } from './fuzz-request.ts';
import { isRecord } from './is-record.ts';
import { runFuzz } from './run-fuzz.ts';
import { createHttpSender } from './send-over-http.ts';
import { isLong } from '../is-long.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? 1);
const runs = Number(process.env['FUZZ_RUNS'] ?? (isLong ? 20_000 : 2000));
const secret = 'the-secret-of-another-tenant';
const maxBodyBytes = 262_144;

let cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.toReversed()) await cleanUp();
  cleanUps = [];
});

/** How often each status, and each code of an error, was answered. */
function createCounts(): { readonly seen: Map<string, number>; readonly count: (reply: Reply, request: FuzzRequest) => void } {
  const seen = new Map<string, number>();
  const add = (key: string): void => void seen.set(key, (seen.get(key) ?? 0) + 1);
  return {
    seen,
    count({ status, headers, text }, { method }) {
      add(String(status));
      if (headers.get('content-type')?.startsWith('text/event-stream') === true) add('stream');
      if (status < 400 || method === 'HEAD') return;
      const body: unknown = JSON.parse(text);
      if (isRecord(body) && isRecord(body['error'])) add(String(body['error']['code']));
    },
  };
}

/** No turn runs or waits any more. */
const calm = { turns: { running: 0, queued: 0 } };

test(`${runs * 0.9} requests in process (FUZZ_SEED=${seed})`, { timeout: 600_000, retry: 0 }, async () => {
  const backend = await createStorageBackend({ driver: 'memory', logger });
  const conversations = createConversationStore({ backend, ttlMs: 3_600_000, maxBytes: 50_000_000, logger });
  cleanUps.push(
    () => backend.close(),
    () => conversations.close(),
  );
  const { runner, faults } = createScriptedTurns();
  const app = createGateway({
    runner,
    conversations: { store: conversations },
    cache: { store: createResponseCache({ storage: backend.storage, maxEntries: 100, ttlSeconds: 3600, logger }) },
    access: { callerOf: (request) => ({ tenant: request.headers.get('x-api-key') ?? '', admin: true }) },
    models: { aliases: { 'gpt-4o': 'sonnet' }, profiles: { agent: {} } },
    bodies: { maxBytes: maxBodyBytes },
  });
  const others = await plantSecret(conversations, 'somebody else', secret);
  const planted = await conversations.read('somebody else', others[0]!);
  const target = createTarget({
    faults,
    others,
    async send({ method, path, headers, body }) {
      const response = await app.fetch(
        new Request(`http://localhost${path}`, { method, headers, ...(body && { body: new Uint8Array(body) }) }),
      );
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
  });
  const { seen, count } = createCounts();
  await runFuzz(target, { runs: Math.round(runs * 0.9), seed, secret, count });

  expect(await (await app.request('/health')).json()).toMatchObject(calm);
  expect(await conversations.read('somebody else', others[0]!)).toEqual(planted);
  // Whatever held a conversation has given it back.
  const { conversations: kept } = await conversations.list('', { limit: 100, order: 'desc' });
  for (const { id } of kept) {
    const release = await conversations.hold('', id);
    expect(release, `the hold of ${id}`).toBeDefined();
    await release?.();
  }
  if (runs < 20_000) return;
  // What never came was never tried.
  const wanted = ['200', 'stream', '400', '404', '413', '500', '503', 'missing_required_parameter', 'invalid_type', 'invalid_value'];
  wanted.push('unsupported_parameter', 'unsupported_value', 'model_not_found', 'conversation_not_found', 'item_not_found', 'unknown_url');
  wanted.push('invalid_json_schema', 'invalid_structured_output', 'request_too_large', 'null');
  expect(wanted.filter((key) => !seen.has(key))).toEqual([]);
  expect((seen.get('200') ?? 0) / runs).toBeGreaterThan(0.2);
  expect((seen.get('400') ?? 0) / runs).toBeGreaterThan(0.2);
});

test(`${runs * 0.1} requests over HTTP (FUZZ_SEED=${seed})`, { timeout: 600_000, retry: 0 }, async () => {
  const { runner, faults } = createScriptedTurns();
  const server = await createServer({ server: { port: 0, max_body_bytes: maxBodyBytes } }, { runner, logger });
  const sender = createHttpSender(server.url);
  cleanUps.push(
    () => server.close(),
    () => sender.close(),
  );
  const { seen, count } = createCounts();
  await runFuzz(createTarget({ faults, others: [], send: sender.send }), { runs: Math.round(runs * 0.1), seed, secret, count });

  expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject(calm);
  if (runs >= 20_000) expect(['200', 'stream', '400', '404', '413'].filter((key) => !seen.has(key))).toEqual([]);
});
