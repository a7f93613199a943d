import { once } from 'node:events';
import { createServer as createPlainServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { errorReply, textReply, type MessagesBody } from '@claude-code-api/mock-anthropic';
import { streamEvents, toMessage } from '@claude-code-api/mock-anthropic';
import { toEventStreamFrame } from '../chat/to-event-stream-frame.ts';

export interface CloudRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: MessagesBody;
  /** The name in the client's certificate, where one was asked for. */
  readonly clientName: string | undefined;
}

/** A stand-in for a cloud's way to Claude on loopback, which answers "Hello world". */
export interface Cloud {
  readonly url: string;
  /** All of them. */
  readonly requests: readonly CloudRequest[];
  /** Those that a turn makes, for each of which an answer was paid. */
  turns(): readonly CloudRequest[];
  /** Those by which the CLI finds out whether a model can be had. */
  probes(): readonly CloudRequest[];
  reset(): void;
  close(): Promise<void>;
}

export interface CloudOptions {
  /** Serves TLS with these; default: plain HTTP. */
  readonly tls?: ServerOptions;
  /** A model for which it says that there is none. */
  readonly lacks?: (path: string) => boolean;
}

/** Knows the ways of Bedrock (`/model/ID/invoke...`), Vertex (`...:streamRawPredict`) and of whatever speaks the Messages API itself (`/v1/messages`). */
export async function startCloud(options: CloudOptions = {}): Promise<Cloud> {
  const requests: CloudRequest[] = [];
  const listener: RequestListener = (request, response) =>
    void readJson(request).then((body) => {
      const { method = '', url: path = '', headers } = request;
      requests.push({ method, path, headers, body, clientName: clientNameOf(request) });
      if (method !== 'POST')
        return response.writeHead(200, { 'content-type': 'application/json' }).end('{"inferenceProfileSummaries":[],"data":[]}');
      if (options.lacks?.(path) === true || !/invoke|RawPredict|rawPredict|\/v1\/messages/.test(path)) {
        const { errorType, message } = errorReply(404, 'not_found_error', 'There is no such model.');
        return response
          .writeHead(404, { 'content-type': 'application/json' })
          .end(JSON.stringify({ type: 'error', error: { type: errorType, message } }));
      }
      if (path.includes('/count_tokens')) return response.writeHead(200, { 'content-type': 'application/json' }).end('{"input_tokens":12}');
      const reply = textReply(['Hello', ' world']);
      const identity = { requestId: 'req_cloud', messageId: 'msg_cloud', model: body.model ?? 'claude' };
      if (/invoke-with-response-stream/.test(path)) {
        response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream', 'x-amzn-requestid': identity.requestId });
        for (const event of streamEvents(reply, identity)) response.write(toEventStreamFrame(event));
        return response.end();
      }
      if (/:streamRawPredict/.test(path) || body.stream === true) {
        response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': identity.requestId });
        for (const event of streamEvents(reply, identity)) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
        return response.end();
      }
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(toMessage(reply, identity)));
    });
  const server = options.tls === undefined ? createPlainServer(listener) : createTlsServer(options.tls, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const isTurn = ({ path }: CloudRequest): boolean => /invoke-with-response-stream|streamRawPredict|\/v1\/messages/.test(path);
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    turns: () => requests.filter((request) => isTurn(request) && request.method === 'POST' && (request.body.max_tokens ?? 0) > 1),
    probes: () => requests.filter((request) => request.method === 'POST' && request.body.max_tokens === 1),
    reset: () => void (requests.length = 0),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readJson(request: IncomingMessage): Promise<MessagesBody> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return JSON.parse(text === '' ? '{}' : text) as MessagesBody;
}

function clientNameOf({ socket }: IncomingMessage): string | undefined {
  if (!('getPeerCertificate' in socket)) return undefined;
  const { subject } = (socket as TLSSocket).getPeerCertificate();
  return typeof subject?.CN === 'string' ? subject.CN : undefined;
}
