import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LogFields, Logger } from '@claude-code-api/gateway';
import { createHttpServer, type HttpServer, type HttpServerOptions } from './create-http-server.ts';

let started: HttpServer;
let port: number;
let log: LogFields[];
let sockets: Socket[];
let fetchCalls: string[];

async function start(fetch: (request: Request) => Promise<Response>, limits: Partial<HttpServerOptions> = {}): Promise<void> {
  const write = (fields: LogFields): void => void log.push(fields);
  const logger: Logger = { debug: write, info: write, warn: write, error: write };
  started = createHttpServer({ requestTimeoutMs: 60_000, ...limits, logger, fetch });
  started.server.listen(0, '127.0.0.1');
  await once(started.server, 'listening');
  ({ port } = started.server.address() as AddressInfo);
}

/** Answers with what it was asked. */
async function echo(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  fetchCalls.push(pathname);
  return new Response(`${request.method} ${pathname} ${await request.text()}`);
}

beforeEach(() => {
  log = [];
  sockets = [];
  fetchCalls = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  started.server.closeAllConnections();
  started.server.close();
  await once(started.server, 'close');
});

function gate(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let pass: (() => void) | undefined;
  const promise = new Promise<void>((resolve) => {
    pass = resolve;
  });
  return { promise, resolve: () => pass?.() };
}

function open(): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  sockets.push(socket);
  return socket;
}

/** Sends bytes as they are, and gives all that comes back until the server closes the connection. */
async function send(...texts: readonly string[]): Promise<string> {
  const socket = open();
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => void (received += text));
  for (const text of texts) socket.write(text);
  await Promise.race([once(socket, 'end'), once(socket, 'close')]);
  return received;
}

/** Checks that a text is one HTTP answer with OpenAI's error body, after which the connection closes. */
function expectError(answer: string, status: number, code: string): void {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head.split('\r\n')[0]).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [A-Z]`));
  expect(head).toMatch(/^content-type: application\/json$/im);
  expect(head).toMatch(/^connection: close$/im);
  expect(head).toMatch(/^x-request-id: req_/im);
  expect(head).toMatch(new RegExp(`^content-length: ${Buffer.byteLength(body)}$`, 'im'));
  expect(JSON.parse(body)).toEqual({ error: { message: expect.stringMatching(/./), type: 'invalid_request_error', param: null, code } });
}

const get = (path: string, ...headers: string[]): string => [`GET ${path} HTTP/1.1`, 'host: localhost', ...headers, '', ''].join('\r\n');
const last = 'connection: close';

test('what follows a whole request is refused behind its answer', async () => {
  const { promise, resolve } = gate();
  await start(async (request) => {
    await promise;
    return echo(request);
  });
  const answers = send('POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhello\r\n\r\n');
  await expect.poll(() => log.length).toBe(1);
  resolve();
  const [first = '', second = ''] = (await answers).split(/(?<=POST \/a he)/);
  expect(first).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expectError(second, 400, 'invalid_http');
});

test('headers and bodies that come too slowly get a 408, and an answer that has begun is cut', async () => {
  await start(
    async (request) => {
      if (request.url.endsWith('/early'))
        return new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) }));
      return echo(request);
    },
    { requestTimeoutMs: 2000 },
  );
  const post = (path: string): string => `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf`;
  const [headers, body, early] = await Promise.all([
    send('GET / HTTP/1.1\r\nhost: a\r\nx-more:'),
    send(post('/slow')),
    send(post('/early')),
  ]);
  expectError(headers, 408, 'request_timeout');
  expectError(body, 408, 'request_timeout');
  expect(early).not.toContain('408');
});

test('who leaves is told apart: each of several requests on their connection hears of it', async () => {
  let aborted = 0;
  await start(
    (request) =>
      new Promise((resolve) => {
        fetchCalls.push(request.url);
        request.signal.addEventListener('abort', () => {
          aborted += 1;
          resolve(new Response());
        });
      }),
  );
  const socket = open();
  socket.write(get('/1') + get('/2') + get('/3'));
  await expect.poll(() => fetchCalls.length).toBe(3);
  socket.resetAndDestroy();
  await expect.poll(() => aborted).toBe(3);
  await started.requests.ended(10_000);
  expect(started.requests.of(socket)).toEqual([]);
});

test('an answer that nobody reads is given up', async () => {
  let cancelled = false;
  const chunk = new Uint8Array(1_000_000);
  await start(
    async () =>
      new Response(new ReadableStream({ pull: (controller) => controller.enqueue(chunk), cancel: () => void (cancelled = true) }), {
        headers: { 'content-type': 'text/event-stream' },
      }),
    { stalledReaderMs: 200 },
  );
  const socket = open().pause();
  socket.write(get('/'));
  await expect.poll(() => cancelled).toBe(true);
});

test('a stream that is silent is not', async () => {
  const { promise, resolve } = gate();
  await start(
    async () =>
      new Response(
        new ReadableStream({
          async start(controller) {
            await promise;
            controller.enqueue(new TextEncoder().encode('data: late\n\n'));
            controller.close();
          },
        }),
        { headers: { 'content-type': 'text/event-stream' } },
      ),
    { stalledReaderMs: 50 },
  );
  const answer = send(get('/', last));
  await new Promise((done) => setTimeout(done, 300));
  resolve();
  expect(await answer).toContain('data: late');
});

test('the head of a stream and its first event go out in one piece', async () => {
  await start(async () => {
    const ended = gate();
    const body = new ReadableStream({
      async pull(controller) {
        controller.enqueue(new TextEncoder().encode('data: first\n\n'));
        await ended.promise;
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  });
  for (let request = 0; request < 5; request += 1) {
    const socket = open();
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    const [piece] = (await once(socket, 'data')) as [Buffer];
    expect(piece.toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nd\r\ndata: first\n\n\r\n$/);
  }
});

test('the first event of a stream goes out before what is put off meanwhile', async () => {
  let connection: Socket | undefined;
  let seen: { bytes: number | undefined; unsent: number | undefined } | undefined;
  await start(async () => {
    setImmediate(() => void (seen = { bytes: connection?.bytesWritten, unsent: connection?.writableLength }));
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('data: first\n\n')) });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  });
  started.server.once('connection', (socket: Socket) => void (connection = socket));
  const socket = open();
  socket.write(get('/'));
  const [piece] = (await once(socket, 'data')) as [Buffer];
  await expect.poll(() => seen).toEqual({ bytes: piece.length, unsent: 0 });
});

test('a connection on which no next request comes is closed', async () => {
  await start(echo, { keepAliveMs: 100 });
  expect(await send(get('/only'))).toMatch(/^HTTP\/1.1 200 .*GET \/only $/s);
});

test('HTTP/1.0 gets streams without chunks', async () => {
  const stream = (): ReadableStream => new Blob(['data: one\n\n', 'data: two\n\n']).stream();
  await start(async () => new Response(stream(), { headers: { 'content-type': 'text/event-stream' } }));
  expect((await send('GET / HTTP/1.0\r\n\r\n')).split('\r\n\r\n')[1]).toBe('data: one\n\ndata: two\n\n');
  expect(await send(get('/', last))).toMatch(/transfer-encoding: chunked/i);
});

test('while answers are the last on their connections, who reads only once all is sent gets theirs too', async () => {
  await start(async () => Response.json({}, { status: 503 }));
  started.requests.lastOnTheirConnections();
  const socket = open().pause();
  const bytes = 20_000_000;
  socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${bytes}\r\n\r\n`);
  await new Promise<void>((resolve, reject) => void socket.write(Buffer.alloc(bytes), (error) => (error ? reject(error) : resolve())));
  socket.resume();
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1.1 503 .*connection: close/is);
});

test('a handler that fails is an error in OpenAI’s form, and its text goes to the log alone', async () => {
  await start(() => Promise.reject(new Error('a path: /etc')));
  const response = await fetch(`http://127.0.0.1:${port}/`);
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({ error: { type: 'server_error', message: expect.not.stringContaining('/etc') } });
  expect(log).toEqual([{ requestId: response.headers.get('x-request-id'), error: expect.objectContaining({ message: 'a path: /etc' }) }]);
});

describe('an answer before all of the request has come', () => {
  const bytes = 20_000_000;
  const refuse = async (request: Request): Promise<Response> => {
    const reader = request.url.endsWith('/half') ? request.body?.getReader() : undefined;
    await reader?.read();
    reader?.releaseLock();
    return Response.json({}, { status: 413, headers: { connection: 'close' } });
  };
  const ways: [string, string][] = ['/unread', '/half'].flatMap((path): [string, string][] => [
    [path, `content-length: ${bytes}`],
    [path, `content-length: ${bytes}\r\nconnection: close`],
    [path, 'transfer-encoding: chunked'],
  ]);

  test.each(ways)('%s, %j: who reads only once all is sent gets to read it', async (path, headers) => {
    await start(refuse);
    const socket = open().pause();
    let failed: unknown;
    socket.on('error', (error) => void (failed = error));
    socket.write(`POST ${path} HTTP/1.1\r\nhost: a\r\n${headers}\r\n\r\n`);
    const chunked = headers.startsWith('transfer');
    const body = chunked ? `${bytes.toString(16)}\r\n${' '.repeat(bytes)}\r\n0\r\n\r\n` : ' '.repeat(bytes);
    await new Promise<void>((resolve, reject) => void socket.write(body, (error) => (error ? reject(error) : resolve())));
    let received = '';
    socket.setEncoding('utf8').on('data', (text: string) => void (received += text));
    socket.resume();
    await once(socket, 'end');
    expect(received).toMatch(/^HTTP\/1.1 413 .*connection: close/is);
    expect(failed).toBeUndefined();
  });

  test('whoever never ends is cut', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      await start(refuse);
      const socket = open();
      socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${bytes}\r\n\r\n`);
      const [[served]] = (await Promise.all([once(started.server, 'connection'), once(socket.resume(), 'end')])) as [[Socket], unknown];
      vi.advanceTimersByTime(4900);
      expect(served.destroyed).toBe(false);
      vi.advanceTimersByTime(200);
      expect(served.destroyed).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});
