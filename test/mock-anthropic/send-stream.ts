import type { Exchange } from './exchange.ts';
import { pause } from './pause.ts';
import type { MessageReply } from './reply.ts';
import type { ReplyIdentity } from './reply-identity.ts';
import { streamEvents } from './stream-events.ts';
import { untilAborted } from './until-aborted.ts';
import { writeChunk } from './write-chunk.ts';

/**
 * Answers with server-sent events, one write each.
 *
 * @throws {Error} an AbortError when the client leaves.
 */
export async function sendStream(exchange: Exchange, reply: MessageReply, identity: ReplyIdentity): Promise<void> {
  const { response, signal } = exchange;
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'request-id': exchange.requestId,
  });
  let isFirstDelta = true;
  for (const event of streamEvents(reply, identity)) {
    if (event.type === 'content_block_delta') {
      if (!isFirstDelta) await pause(reply.chunkDelayMs, signal);
      isFirstDelta = false;
    }
    await writeChunk(response, `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`, signal);
  }
  if (reply.ending.type === 'stall') await untilAborted(signal);
  else if (reply.ending.type === 'cut') exchange.cut();
  else response.end();
}
