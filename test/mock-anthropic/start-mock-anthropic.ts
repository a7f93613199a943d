import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createReplyScript } from './create-reply-script.ts';
import { isRecordedMessages } from './is-recorded-messages.ts';
import type { MockAnthropic } from './mock-anthropic.ts';
import type { RecordedRequest } from './recorded-request.ts';
import { serveRequest } from './serve-request.ts';

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
  let served = 0;

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    served += 1;
    const serving = serveRequest({
      request,
      response,
      requestId: `req_mock${String(served).padStart(6, '0')}`,
      nextReply: script.next,
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
    reset() {
      requests.length = 0;
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
