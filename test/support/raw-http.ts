import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'vitest';

/** Sends bytes as they are, and gives all that comes back until the server closes the connection. */
export async function sendRaw(url: string, ...texts: readonly string[]): Promise<string> {
  return exchangeRaw(url, (write) => texts.forEach(write));
}

/** The same, for what is sent bit by bit: what `send` gives back is called when the connection has ended. */
export async function exchangeRaw(
  url: string,
  send: (write: (text: string) => void, end: () => void) => (() => void) | void,
): Promise<string> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true });
  let received = '';
  // A server that refuses what it was sent may close before it has read all of it.
  socket.on('error', () => {});
  socket.setEncoding('utf8').on('data', (text: string) => void (received += text));
  const stop = send(
    (text) => void socket.write(text),
    () => void socket.end(),
  );
  await Promise.race([once(socket, 'end'), once(socket, 'close')]);
  stop?.();
  socket.destroy();
  return received;
}

/** Checks that a text is one HTTP answer with OpenAI's error body, after which the connection closes. */
export function expectRawError(answer: string, status: number, code: string): void {
  const [head = '', body = '', ...more] = answer.split('\r\n\r\n');
  expect(head.split('\r\n')[0]).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [A-Z]`));
  expect(head).toMatch(/^content-type: application\/json$/im);
  expect(head).toMatch(/^connection: close$/im);
  expect(head).toMatch(/^x-request-id: req_/im);
  expect(head).toMatch(new RegExp(`^content-length: ${Buffer.byteLength(body)}$`, 'im'));
  expect(JSON.parse(body)).toEqual({ error: { message: expect.stringMatching(/./), type: 'invalid_request_error', param: null, code } });
  expect(more).toEqual([]);
}
