import type { RawReply } from './reply.ts';

/** An answer written by hand; it must end the response, or leave that to the client or the mock's `close`. */
export function rawReply(respond: RawReply['respond']): RawReply {
  return { kind: 'raw', respond };
}
