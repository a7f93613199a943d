import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { MediaLimits } from '@claude-code-api/gateway';
import { createUrlFetcher, type UrlFetcher, type UrlFetcherOptions } from './create-url-fetcher.ts';

let server: Server;
let port: number;
let respond: RequestListener = (_request, response) => void response.end('hello');
let requests: (string | undefined)[] = [];
const fetchers: UrlFetcher[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request.url);
    respond(request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(async () => {
  requests = [];
  respond = (_request, response) => void response.end('hello');
  await Promise.all(fetchers.splice(0).map((each) => each.close()));
});

function fetcher(options: Partial<UrlFetcherOptions> = {}): {
  fetch: (url: string, limits?: Partial<MediaLimits>) => Promise<string>;
} {
  const made = createUrlFetcher({ timeoutMs: 20_000, ...options });
  fetchers.push(made);
  return {
    fetch: (url, limits) => made.fetch(url, { tenant: '', maxBytes: 1000, signal: new AbortController().signal, ...limits }),
  };
}

/** May connect to this machine, by its name and its address. */
const local: Partial<UrlFetcherOptions> = { isAllowed: (address) => address === '127.0.0.1' };
const refused = { status: 400, code: 'invalid_value' };

describe('what may be fetched', () => {
  test.each(['127.0.0.1', 'localhost'])('%s', async (host) => {
    const bytes = await fetcher(local).fetch(`http://${host}:${port}/a?b=c#d`);
    expect(Buffer.from(bytes, 'base64').toString()).toBe('hello');
    expect(requests).toEqual(['/a?b=c']);
  });

  test('as many bytes as are allowed, and a few redirects', async () => {
    respond = (request, response) => {
      const step = Number(request.url?.slice(1));
      if (step < 3) response.writeHead(302, { location: `/${step + 1}` }).end();
      else response.end('x'.repeat(1000));
    };
    expect((await fetcher(local).fetch(`http://127.0.0.1:${port}/0`)).length).toBe(1336);
    expect(requests).toHaveLength(4);
  });
});

describe('what may not', () => {
  test.each([
    ...['127.0.0.1', 'localhost', '127.1', '2130706433', '0x7f.1', '0177.0.0.1', '127.0.0.1.', 'LOCALHOST', '0.0.0.0', '0'],
    ...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:0:0:1]'],
  ])('this machine: %s', async (host) => {
    await expect(fetcher().fetch(`http://${host}:${port}/`)).rejects.toMatchObject(refused);
    expect(requests).toEqual([]);
  });

  test.each([
    ...[
      '10.0.0.1',
      '172.16.0.1',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '192.0.2.1',
      '198.18.0.1',
      '224.0.0.1',
      '255.255.255.255',
    ],
    ...[
      '[fe80::1]',
      '[fc00::1]',
      '[fd12:3456::1]',
      '[ff02::1]',
      '[::ffff:10.0.0.1]',
      '[::ffff:169.254.169.254]',
      '[64:ff9b::7f00:1]',
      '[2002:7f00:1::]',
    ],
  ])('an address that is not of the public internet: %s', async (host) => {
    const begin = performance.now();
    await expect(fetcher().fetch(`http://${host}/`)).rejects.toThrow('fetched: it is not on the public internet.');
    expect(performance.now() - begin).toBeLessThan(20_000);
  });

  test.each([
    'file:///etc/passwd',
    'ftp://example.com/',
    'data:text/plain,x',
    'gopher://example.com/',
    'no url',
    '',
    'http://',
    '//example.com/',
  ])('another scheme, or none: %s', async (url) => {
    await expect(fetcher().fetch(url)).rejects.toMatchObject(refused);
  });

  test('a name that leads to this machine', async () => {
    await expect(
      fetcher({ isAllowed: (address) => address !== '127.0.0.1' && address !== '::1' }).fetch(`http://localhost:${port}/`),
    ).rejects.toMatchObject(refused);
    expect(requests).toEqual([]);
  });

  test.each([
    'http://127.0.0.2:1/',
    'http://[::1]:1/',
    'http://169.254.169.254/',
    'file:///etc/passwd',
    'http://localhost.:1/',
    'http://%%',
  ])('a redirect to %s', async (location) => {
    respond = (_request, response) => void response.writeHead(302, { location }).end();
    await expect(fetcher(local).fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject(refused);
    expect(requests).toHaveLength(1);
  });

  test('redirects without end', async () => {
    respond = (_request, response) => void response.writeHead(301, { location: '/again' }).end();
    await expect(fetcher(local).fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow(/redirects too often/);
    expect(requests).toHaveLength(4);
  });

  test.each([201, 204, 206, 304, 401, 404, 500])('an answer of %s', async (status) => {
    respond = (_request, response) => void response.writeHead(status).end();
    await expect(fetcher(local).fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow(`answered ${status}`);
  });
});

describe('bounds', () => {
  test('too many bytes, told or not, are not read to their end', async () => {
    let written = 0;
    let closed = false;
    respond = (_request, response) => {
      response.on('close', () => (closed = true));
      const write = (): void => {
        if (response.destroyed) return;
        written += 1;
        response.write(Buffer.alloc(500));
        setTimeout(write, 5);
      };
      write();
    };
    await expect(fetcher(local).fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow(/more than the 1000 bytes/);
    await expect.poll(() => closed).toBe(true);
    expect(written).toBeLessThan(1000);
  });

  test('a length that is too large is refused at once', async () => {
    respond = (_request, response) => void response.writeHead(200, { 'content-length': 5000 }).write('x');
    const begin = performance.now();
    await expect(fetcher(local).fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow(/more than the 1000 bytes/);
    expect(performance.now() - begin).toBeLessThan(20_000);
  });

  test('a redirect with a body without end', async () => {
    respond = (_request, response) => {
      response.writeHead(302, { location: '/' });
      const timer = setInterval(() => response.write(Buffer.alloc(65_536)), 1);
      response.on('close', () => clearInterval(timer));
    };
    await expect(fetcher(local).fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject(refused);
  });

  test.each([
    { what: 'no answer', begin: () => {} },
    { what: 'a part of one', begin: (response: Parameters<RequestListener>[1]) => void response.write('x') },
  ])('time, with $what', async ({ begin }) => {
    respond = (_request, response) => begin(response);
    const start = performance.now();
    await expect(fetcher({ ...local, timeoutMs: 200 }).fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject(refused);
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  test('a caller who leaves ends it at once', async () => {
    const leaving = new AbortController();
    let closed = false;
    respond = (_request, response) => {
      response.on('close', () => (closed = true));
      response.write('x');
      leaving.abort();
    };
    await expect(
      fetcher({ ...local, timeoutMs: 60_000 }).fetch(`http://127.0.0.1:${port}/`, { signal: leaving.signal }),
    ).rejects.toMatchObject(refused);
    await expect.poll(() => closed).toBe(true);
  });

  test('a lost connection, and a port that nobody listens on', async () => {
    respond = (request) => void request.socket.destroy();
    await expect(fetcher(local).fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject(refused);
    await expect(fetcher(local).fetch('http://127.0.0.1:1/')).rejects.toMatchObject(refused);
  });

  test('the message tells nothing of where the server got to', async () => {
    const error: unknown = await fetcher()
      .fetch(`http://localhost:${port}/secret`)
      .catch((thrown: unknown) => thrown);
    expect(String(error)).not.toMatch(/localhost|127\.0\.0\.1|secret/);
  });
});
