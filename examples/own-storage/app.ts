import { createGateway, type ClaudeRunner } from '@claude-code-api/gateway';
import { createLocalBackend, createStores } from '@claude-code-api/gateway/stores';
import { createLogger } from '@claude-code-api/node';
import type { Hono } from 'hono';
import { createStorage, type Driver } from 'unstorage';

const thirtyMinutesMs = 30 * 60_000;

/** The gateway with conversations, responses and cached answers in a place of your own: any driver of unstorage, one of theirs or yours. */
export function createApp(runner: ClaudeRunner, driver: Driver): Hono {
  const logger = createLogger({ level: 'warn' });
  const backend = createLocalBackend({ storage: createStorage({ driver }), logger });
  const stores = createStores({ backend, ttlMs: thirtyMinutesMs, logger });
  return createGateway({
    runner,
    logger,
    conversations: { store: stores.conversations },
    responses: { store: stores.responses },
    cache: { store: stores.cache },
    // What Claude thinks is sealed with a key that lies there too: it outlives this process, where the place does.
    seal: { key: stores.secret },
    // Whoever has a key of his own has conversations and answers of his own.
    access: { callerOf: (request) => ({ tenant: request.headers.get('authorization') ?? '' }) },
  });
}
