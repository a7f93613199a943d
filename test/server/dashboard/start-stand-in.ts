import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadPage } from '../../../packages/node/src/insight/load-page.ts';
import type { Stats } from '../../../packages/node/src/insight/stats.ts';
import { freePort } from '../../support/servers/free-port.ts';

const { html, policy } = loadPage('dashboard');

/** What the statistics are answered with: a body and its status, or nothing, for as long as it is not ended. */
export type Answer = { readonly status: number; readonly body: unknown } | 'silence';

export interface StandIn {
  readonly origin: string;
  /** Where the page is: under a prefix, as in a server that has the gateway mounted. */
  readonly pageUrl: string;
  /** The `authorization` of each request for statistics so far; null without one. */
  readonly asked: readonly (string | null)[];
  /** The ids of the requests that were to be cancelled, with the `authorization` of each. */
  readonly cancelled: readonly (readonly [string, string | null])[];
  /** How many requests there were for anything else than the page and the statistics. */
  readonly strays: readonly string[];
  answer(decide: (authorization: string | null) => Answer): void;
  serve(stats: Stats): void;
  /** Ends every connection, and takes no more. */
  stop(): Promise<void>;
  /** Listens again, at the same address. */
  start(): Promise<void>;
}

/** Serves the page and given statistics, with the headers that the page must work under. */
export async function startStandIn(): Promise<StandIn> {
  const asked: (string | null)[] = [];
  const strays: string[] = [];
  const cancelled: [string, string | null][] = [];
  let decide: (authorization: string | null) => Answer = () => 'silence';

  function respond(request: IncomingMessage, response: ServerResponse): void {
    if (request.url === '/claude/dashboard') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy });
      response.end(html);
    } else if (request.url === '/claude/stats') {
      const authorization = request.headers.authorization ?? null;
      asked.push(authorization);
      const answer = decide(authorization);
      if (answer === 'silence') return;
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer.body));
    } else if (request.method === 'DELETE' && request.url?.startsWith('/claude/requests/') === true) {
      cancelled.push([request.url.slice('/claude/requests/'.length), request.headers.authorization ?? null]);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    } else {
      strays.push(request.url ?? '');
      response.writeHead(404).end();
    }
  }

  let server = await listen(respond, await freePort());
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    pageUrl: `${origin}/claude/dashboard`,
    asked,
    strays,
    cancelled,
    answer(next) {
      decide = next;
    },
    serve(stats) {
      decide = () => ({ status: 200, body: stats });
    },
    async stop() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    async start() {
      server = await listen(respond, port);
    },
  };
}

async function listen(respond: (request: IncomingMessage, response: ServerResponse) => void, port: number): Promise<Server> {
  const server = createServer(respond).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
