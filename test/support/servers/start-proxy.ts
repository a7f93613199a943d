import { once } from 'node:events';
import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export interface Proxy {
  readonly url: string;
  /** How often a server did not take a request, and why: an error's code, or a status. */
  readonly passedOn: Map<string, number>;
  close(): Promise<void>;
}

const attempts = 20;

/**
 * Starts a proxy before several servers, as they are: each request goes to the next server in turn; where that refuses the connection, closes
 * it before an answer, or answers with 503 `shutting_down`, to the one after it. An answer that has begun is passed through as it is.
 */
export async function startProxy(targets: readonly string[]): Promise<Proxy> {
  const agent = new Agent({ keepAlive: true });
  const passedOn = new Map<string, number>();
  let turn = 0;

  const pass = (why: string): void => void passedOn.set(why, (passedOn.get(why) ?? 0) + 1);

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = Buffer.concat(await incoming.toArray());
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      turn += 1;
      const response = await ask(`${targets[turn % targets.length]}${incoming.url}`, incoming, body);
      if (typeof response === 'string') pass(response);
      else if (await isOver(response)) pass(String(response.statusCode));
      else {
        outgoing.writeHead(
          response.statusCode ?? 0,
          response.headers['content-type'] ? { 'content-type': response.headers['content-type'] } : {},
        );
        response.on('error', () => outgoing.destroy()).pipe(outgoing);
        return;
      }
      if (attempt % targets.length === targets.length - 1) await wait(50);
    }
    outgoing.writeHead(502).end('no server took it');
  }

  /** The code of the error where there is no answer. */
  function ask(url: string, { method, headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage | string> {
    return new Promise((resolve) => {
      const request = httpRequest(url, {
        agent,
        method,
        headers: { 'content-type': headers['content-type'], 'content-length': body.length },
      });
      request.on('response', resolve).on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      request.end(body);
    });
  }

  const server = createServer((incoming, outgoing) => void serve(incoming, outgoing)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passedOn,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      agent.destroy();
    },
  };
}

async function isOver(response: IncomingMessage): Promise<boolean> {
  if (response.statusCode !== 503) return false;
  const { error } = JSON.parse(Buffer.concat(await response.toArray()).toString()) as { error: { code: string } };
  return error.code === 'shutting_down';
}
