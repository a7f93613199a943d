import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createPrefixCache, type PrefixCache, type PrefixCacheOptions } from './prefix-cache.ts';
import { isRecordedMessages, type RecordedMessages, type RecordedRequest } from './recorded-request.ts';
import type { Reply } from './reply.ts';
import { textReply } from './replies.ts';
import { serveRequest } from './serve-request.ts';

/** A stand-in for the Anthropic Messages API on loopback, for the real `claude` CLI to talk to (`ANTHROPIC_BASE_URL`). */
export interface MockAnthropic {
  /** As in `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Every request, in the order in which their bodies were complete. The same array always; `reset` empties it. */
  readonly requests: readonly RecordedRequest[];
  /** Those that are a POST /v1/messages with a well-formed body; token counts are not. */
  messages(): RecordedMessages[];
  /** Queues replies: each next POST /v1/messages takes one, repeated attempts and the CLI's side requests too. */
  reply(...replies: readonly Reply[]): void;
  /** Sets what answers when the queue is empty; at first "Hello world" in three deltas. */
  replyWith(toReply: (request: RecordedMessages) => Reply): void;
  /** Sets what counts tokens, or what is answered instead; at first 10 for everything. */
  countWith(toCount: (body: unknown) => number | Reply): void;
  /** From now on keeps a cache of the beginnings of prompts, by which the usage in all replies goes. */
  cachePrompts(options?: PrefixCacheOptions): void;
  /** Forgets requests, queued replies, the default and what is cached; replies under way go on. */
  reset(): void;
  /** Closes all connections and waits for the replies under way to have stopped. */
  close(): Promise<void>;
}

export interface MockAnthropicOptions {
  /** Default 0: any free port. */
  readonly port?: number;
}

/**
 * Starts a mock of the Messages API on 127.0.0.1.
 *
 * @throws {Error} when the port is taken.
 */
export async function startMockAnthropic(options: MockAnthropicOptions = {}): Promise<MockAnthropic> {
  const requests: RecordedRequest[] = [];
  const script = createReplyScript();
  const underWay = new Set<Promise<void>>();
  let isClosing = false;
  let toCount: (body: unknown) => number | Reply = countTen;
  let prefixCache: PrefixCache | undefined;
  let served = 0;

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    served += 1;
    const serving = serveRequest({
      request,
      response,
      requestId: `req_mock${String(served).padStart(6, '0')}`,
      nextReply: (recorded) => withUsage(script.next(recorded), recorded, prefixCache),
      countTokens: (body) => toCount(body),
      onRead: (recorded) => void requests.push(recorded),
      isClosing: () => isClosing,
    }).finally(() => underWay.delete(serving));
    underWay.add(serving);
  }

  // An idle connection stays open, so that a client never sends into one that is just being closed.
  const server = createServer({ keepAliveTimeout: 600_000, requestTimeout: 0 }, onRequest);
  return {
    url: await listen(server, options.port ?? 0),
    requests,
    messages: () => requests.filter(isRecordedMessages),
    reply: (...replies) => script.add(replies),
    replyWith: (toReply) => script.setDefault(toReply),
    countWith: (counting) => void (toCount = counting),
    cachePrompts: (cacheOptions) => void (prefixCache = createPrefixCache(cacheOptions)),
    reset() {
      requests.length = 0;
      prefixCache = undefined;
      toCount = countTen;
      script.reset();
    },
    async close() {
      isClosing = true;
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await Promise.all(underWay);
    },
  };
}

async function listen(server: Server, port: number): Promise<string> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The mock has no port.');
  return `http://127.0.0.1:${address.port}`;
}

function withUsage(reply: Reply, { body }: RecordedMessages, cache: PrefixCache | undefined): Reply {
  return cache === undefined || reply.kind !== 'message' ? reply : { ...reply, usage: { ...reply.usage, ...cache.use(body) } };
}

const countTen = (): number => 10;

interface ReplyScript {
  add(replies: readonly Reply[]): void;
  setDefault(toReply: (request: RecordedMessages) => Reply): void;
  /** Takes the oldest queued reply, or makes a default one. */
  readonly next: (request: RecordedMessages) => Reply;
  reset(): void;
}

const helloWorld = (): Reply => textReply(['Hello', ' wor', 'ld']);

/** Holds what the mock is going to answer. */
function createReplyScript(): ReplyScript {
  const queue: Reply[] = [];
  let toDefault: (request: RecordedMessages) => Reply = helloWorld;
  return {
    add: (replies) => void queue.push(...replies),
    setDefault: (toReply) => void (toDefault = toReply),
    next: (request) => queue.shift() ?? toDefault(request),
    reset() {
      queue.length = 0;
      toDefault = helloWorld;
    },
  };
}
