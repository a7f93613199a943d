import type { Logger } from '@claude-code-api/gateway';
import type { Redis } from 'ioredis';
import type { RedisCommand } from '@claude-code-api/gateway/stores';

export interface RedisOptions {
  readonly url: string;
  readonly logger: Logger;
}

export interface OpenRedis {
  /** While the connection is down, it waits for two seconds from the moment that it was lost, and not at all after that. */
  readonly command: RedisCommand;
  readonly close: () => void;
}

/** How long a connection, a command, or a caller waits while there is none. */
const patienceMs = 2000;

/** A connection that answers nothing for so long is made anew. */
const silenceMs = 5000;

const longestPauseMs = 1000;

/** Connects to Redis without waiting for it: it need not be there yet. A lost connection is made again, however long that takes. */
export async function openRedis({ url, logger }: RedisOptions): Promise<OpenRedis> {
  const { Redis } = await import('ioredis');
  const client = new Redis(url, {
    connectTimeout: patienceMs,
    commandTimeout: patienceMs,
    socketTimeout: silenceMs,
    // Nothing queues while Redis is away, and nothing is sent twice.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 1,
    retryStrategy: (attempt) => Math.min(attempt * 100, longestPauseMs),
    // After a failover the old master takes no writes.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
  return follow(client, logger);
}

function follow(client: Redis, logger: Logger): OpenRedis {
  let downSince: number | undefined = performance.now();
  let isReported = false;
  let isClosed = false;

  function lost(error?: unknown): void {
    if (isClosed) return;
    downSince ??= performance.now();
    if (isReported) return;
    isReported = true;
    logger.warn({ error }, 'Redis can not be reached; trying again until it can');
  }

  // All that wait for the connection listen to one event.
  client.setMaxListeners(0);
  client.on('error', lost);
  client.on('close', () => lost());
  client.on('ready', () => {
    downSince = undefined;
    if (isReported) logger.info({}, 'Redis is back');
    isReported = false;
  });

  return {
    async command(name, ...values) {
      if (isClosed) throw new Error('The connection is closed.');
      if (client.status !== 'ready') await becomesReady(client, (downSince ?? performance.now()) + patienceMs - performance.now());
      return client.call(name, ...values);
    },
    close() {
      isClosed = true;
      client.disconnect();
    },
  };
}

async function becomesReady(client: Redis, timeoutMs: number): Promise<void> {
  if (timeoutMs <= 0) throw new Error('Redis can not be reached.');
  await new Promise<void>((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      client.off('ready', onReady);
      client.off('end', onEnd);
    };
    const onReady = (): void => {
      end();
      resolve();
    };
    const onEnd = (): void => {
      end();
      reject(new Error('Redis can not be reached.'));
    };
    const timer = setTimeout(onEnd, timeoutMs);
    client.on('ready', onReady);
    client.on('end', onEnd);
  });
}
