import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** The requests whose answers are not sent yet. */
export interface OpenRequests {
  add(response: ServerResponse): void;
  /** The open requests of one connection, in the order in which they came. */
  of(connection: Duplex): readonly ServerResponse[];
  /** From now on every answer that has not begun says that its connection closes behind it. */
  lastOnTheirConnections(): void;
  /** Waits until those that are open now have been answered or left; not longer than `timeoutMs`. */
  ended(timeoutMs: number): Promise<void>;
}

/** Knows which requests are under way. */
export function createOpenRequests(): OpenRequests {
  const open = new Map<Duplex, Set<ServerResponse>>();
  let last = false;

  function listen(connection: Duplex): Set<ServerResponse> {
    const responses = new Set<ServerResponse>();
    open.set(connection, responses);
    connection.once('close', () => {
      open.delete(connection);
      // Node tells only the first of several on one connection that the caller has left.
      setImmediate(() => {
        for (const response of responses) response.emit('close');
      });
    });
    return responses;
  }

  return {
    add(response) {
      const connection = response.req.socket;
      const responses = open.get(connection) ?? listen(connection);
      responses.add(response);
      response.once('close', () => responses.delete(response));
      if (last) response.shouldKeepAlive = false;
    },
    of: (connection) => [...(open.get(connection) ?? [])],
    lastOnTheirConnections() {
      last = true;
      for (const responses of open.values()) for (const response of responses) response.shouldKeepAlive = false;
    },
    async ended(timeoutMs) {
      const all = [...open.values()].flatMap((responses) => [...responses]);
      const closed = all.map((response) => new Promise<void>((resolve) => void response.once('close', () => resolve())));
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
      });
      await Promise.race([Promise.all(closed), late]);
      clearTimeout(timer);
    },
  };
}
