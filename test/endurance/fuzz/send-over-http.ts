import { Agent, request as httpRequest } from 'node:http';
import type { Reply } from './check-reply.ts';
import type { FuzzRequest } from './fuzz-request.ts';

export interface HttpSender {
  readonly send: (request: FuzzRequest) => Promise<Reply>;
  close(): void;
}

/** Sends requests as they are, odd paths and hosts too, over sockets that are used again. */
export function createHttpSender(url: string): HttpSender {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  return {
    close: () => agent.destroy(),
    send: ({ method, path, headers, body }) =>
      new Promise((resolve, reject) => {
        const sent = httpRequest({
          hostname,
          port,
          agent,
          method,
          path: toTarget(path),
          headers: { host: `${hostname}:${port}`, ...headers },
        });
        sent.once('error', reject);
        sent.once('response', (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', reject);
          response.once('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: new Headers(Object.entries(response.headers).map(([name, value]): [string, string] => [name, String(value)])),
              text: Buffer.concat(chunks).toString('utf8'),
            }),
          );
        });
        // Every other body tells its length.
        if (body !== undefined && body.length % 2 === 0) sent.setHeader('content-length', body.length);
        else if (body !== undefined) sent.setHeader('transfer-encoding', 'chunked');
        sent.end(body);
      }),
  };
}

/** What can stand in the first line of a request at all. */
function toTarget(path: string): string {
  return Buffer.from(path, 'utf8')
    .toString('latin1')
    .replaceAll(/[^\x21-\x7e]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
