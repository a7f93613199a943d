import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** The longest that a caller is let go on sending what is not read, and the longest that they may be silent meanwhile. */
const lingerMs = 30_000;
const silenceMs = 5000;

/**
 * Makes a connection that ends before its request has all come end in order: the answer is sent, then what still comes is let go until the
 * caller has read the answer and closes. To close at once would reset the connection, and many callers would not get to read it.
 *
 * @param current The request that this connection brings, or brought last.
 */
export function linger(socket: Socket, current: () => IncomingMessage | undefined): void {
  const destroySoon = socket.destroySoon.bind(socket);
  let lingering = false;

  function goOn(incoming: IncomingMessage): void {
    lingering = true;
    const end = (): void => void socket.destroy();
    const latest = setTimeout(end, lingerMs);
    let silent = setTimeout(end, silenceMs);
    const heard = (): void => {
      clearTimeout(silent);
      silent = setTimeout(end, silenceMs);
    };
    socket.once('close', () => {
      clearTimeout(latest);
      clearTimeout(silent);
    });
    // Whoever has read some of the body has stopped reading.
    incoming.removeAllListeners('data').on('data', heard).once('end', end).resume();
    socket.end();
  }

  // Node calls it behind the last answer of a connection.
  socket.destroySoon = () => {
    const incoming = current();
    if (lingering) return;
    if (incoming === undefined || incoming.complete) destroySoon();
    else goOn(incoming);
  };
}
