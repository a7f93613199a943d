import { connect, type Socket } from 'node:net';

const longestEnding = 64;

/**
 * Reads one stream, by hand: a client that takes it apart would be slower than the server.
 *
 * @throws {Error} When it does not come to its end.
 */
export function readToEnd(url: string): Promise<void> {
  const { hostname, port, host } = new URL(url);
  const body = JSON.stringify({ model: 'sonnet', stream: true, messages: [{ role: 'user', content: 'Count' }] });
  const head = ['POST /v1/chat/completions HTTP/1.1', `host: ${host}`, 'connection: close', 'content-type: application/json'];
  const socket: Socket = connect(Number(port), hostname);
  socket.write(`${[...head, `content-length: ${body.length}`].join('\r\n')}\r\n\r\n${body}`);
  return new Promise((resolve, reject) => {
    let ending = '';
    socket.on('data', (bytes: Buffer) => (ending = (ending + bytes.subarray(-longestEnding).toString('latin1')).slice(-longestEnding)));
    socket.on('error', reject);
    socket.on('close', () => {
      if (ending.includes('data: [DONE]\n\n')) resolve();
      else reject(new Error(`A stream broke off: ${ending}`));
    });
  });
}
