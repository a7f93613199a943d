import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { Redis } from 'ioredis';
import * as z from 'zod';

export interface RedisBridge {
  readonly url: string;
  readonly token: string;
  /** How many commands each request had, of those that came since this was asked last. */
  asked(): readonly number[];
  close(): Promise<void>;
}

const command = z.tuple([z.string()], z.union([z.string(), z.number()]));

/** A Redis over HTTP, as Upstash's REST API has it: `POST /` with a command, `POST /pipeline` with several. */
export async function startRedisBridge(redisUrl: string): Promise<RedisBridge> {
  const token = 'token-of-the-bridge';
  const client = new Redis(redisUrl);
  let asked: number[] = [];

  async function run(values: unknown): Promise<{ result: unknown } | { error: string }> {
    try {
      const [name, ...more] = command.parse(values);
      return { result: await client.call(name, ...more) };
    } catch (error) {
      return { error: String(error) };
    }
  }

  async function answer(request: IncomingMessage): Promise<[status: number, body: unknown]> {
    const body = await json(request);
    if (request.headers.authorization !== `Bearer ${token}`) return [401, { error: 'Unauthorized' }];
    if (request.url === '/pipeline') {
      const commands = z.array(z.unknown()).parse(body);
      asked.push(commands.length);
      return [200, await Promise.all(commands.map(run))];
    }
    asked.push(1);
    const result = await run(body);
    return ['error' in result ? 400 : 200, result];
  }

  const server = createServer((request, response) => {
    void answer(request).then(([status, body]) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    asked() {
      const before = asked;
      asked = [];
      return before;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      client.disconnect();
    },
  };
}
